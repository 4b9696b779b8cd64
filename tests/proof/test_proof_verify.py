"""Verification under attack: every byte, every type, every cut. The named attacks are in tests/vectors."""

import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Malformed
from ledger.proof.keys import KeySchedule
from ledger.proof.record import RECORD_SIZE, record_hash
from ledger.proof.report import Failure, Row, SegmentStart, VerifyContext, context_for
from ledger.proof.verify import combine, verify, verify_segment


@pytest.fixture(scope="module")
def chain(make):
    return make.erased()


@pytest.fixture(scope="module")
def context(chain, make):
    return context_for(chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys)


def changed(chain, index, **columns):
    return [*chain.rows[:index], chain.rows[index]._replace(**columns), *chain.rows[index + 1 :]]


def first_bad(rows, context):
    report = verify(lambda: rows, context)
    assert report.verdict == "failed"
    assert report.first_bad
    return report.first_bad[:2]


def test_it_is_good_to_begin_with(chain, context):
    report = verify(lambda: chain.rows, context)
    assert (report.verdict, report.records, report.erased, report.first_bad) == ("verified", 8, 2, None)


STEP_OF = [1, *[2] * 24, *[3] * 168]  # the stored hash tells on every later byte


def test_every_byte_of_a_record(chain, context):
    # tests/vectors has the same with a hash made to fit.
    record = chain.rows[3].record
    assert len(STEP_OF) == RECORD_SIZE
    for at in range(RECORD_SIZE):
        flipped = record[:at] + bytes([record[at] ^ 0x10]) + record[at + 1 :]
        assert first_bad(changed(chain, 3, record=flipped), context) == (4, STEP_OF[at]), at


@pytest.mark.parametrize("index", [0, 3, 7])
@pytest.mark.parametrize("column", ["leaves", "sealed"])
def test_every_byte_of_the_content(chain, context, index, column):
    data = getattr(chain.rows[index], column)
    for at in range(0, len(data), 1 if index else 11):  # the genesis is long, and its ML-DSA key all alike
        flipped = data[:at] + bytes([data[at] ^ 0x01]) + data[at + 1 :]
        if index == 0 and column == "leaves":
            # Whoever takes the charter from the row itself may find none; the step stays the same.
            own = context_for(chain.ledger, flipped, context.kinds, context.scope_keys)
            assert first_bad(changed(chain, index, leaves=flipped), own) == (1, 7), at
        assert first_bad(changed(chain, index, **{column: flipped}), context) == (index + 1, 7), at


CELLS: list[Any] = [
    None,
    True,
    0,
    1,
    -1,
    2**70,
    1.0,
    float("nan"),
    "",
    "text",
    b"",
    b"\xc0",
    b"\x90",
    bytes(16),
    bytes(32),
    bytes(193),
    [],
    {},
]


@pytest.mark.parametrize("index", [0, 3, 7])
@pytest.mark.parametrize("column", Row._fields)
def test_a_cell_of_any_type_fails_and_never_raises(chain, context, index, column):
    step = {"record": 1, "position": 2, "hash": 3, "leaves": 7, "sealed": 7}.get(column, 8)
    for cell in CELLS:
        right = getattr(chain.rows[index], column)
        if type(cell) is type(right) and cell == right:
            continue
        assert first_bad(changed(chain, index, **{column: cell}), context) == (index + 1, step), cell


cells = st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=200)


@settings(max_examples=50)
@given(rows=st.lists(st.builds(Row, *[cells] * 9), max_size=3))
def test_rows_of_noise_never_raise(make, rows):
    report = verify(lambda: rows, VerifyContext(bytes(16), False, None, {}, {}))
    assert report.verdict == "failed"


def test_true_is_not_version_one(chain, context):
    assert chain.rows[1].version == 1
    assert first_bad(changed(chain, 1, version=True), context) == (2, 8)
    assert first_bad(changed(chain, 1, ordinal=False), context) == (2, 8)


def test_every_drop_swap_and_repeat(chain, context):
    rows = chain.rows
    for i in range(len(rows) - 1):
        assert first_bad([*rows[:i], *rows[i + 1 :]], context)[0] == i + 1
        assert first_bad([*rows[: i + 1], *rows[i:]], context)[0] == i + 2
        assert first_bad([*rows[:i], rows[i + 1], rows[i], *rows[i + 2 :]], context)[0] == i + 1


def test_a_cut_tail_is_seen_only_by_who_holds_a_head(chain, context):
    rows = chain.rows[:-1]
    assert verify(lambda: rows, context).verdict == "verified"
    held = context_for(chain.ledger, rows[0].leaves, {}, None, heads=[(8, chain.rows[7].hash)])
    assert first_bad(rows, held) == (8, 9)
    assert verify(lambda: chain.rows, held).heads == 1


def test_two_heads_that_disagree_cannot_both_be_there(chain):
    heads = [(4, chain.rows[3].hash), (4, bytes(32))]
    assert first_bad(chain.rows, context_for(chain.ledger, chain.rows[0].leaves, {}, None, heads=heads)) == (4, 9)


@pytest.mark.parametrize("head", [(0, bytes(32)), (-1, bytes(32)), (True, bytes(32)), (1, b"x"), (1, None)])
def test_a_head_that_cannot_be_meant_is_the_callers_fault(chain, head):
    context = context_for(chain.ledger, chain.rows[0].leaves, {}, None, heads=[head])
    with pytest.raises(Malformed):
        verify(lambda: chain.rows, context)


@pytest.mark.parametrize("start", [(0,), ("1",), (True,), (2, None)])
def test_a_start_that_cannot_be_meant_is_the_callers_fault(chain, context, start):
    with pytest.raises(Malformed):
        verify_segment(chain.rows, SegmentStart(*start), context)


def test_the_lowest_bad_position_is_named_even_if_only_its_signature_is_bad(make, context):
    chain = make.erased()
    for index in range(1, 6):
        chain.rows[index] = make.planted(chain.rows[index])
    assert first_bad(chain.rows, context) == (2, 6)


def test_by_default_two_signatures_are_checked_and_a_planted_one_below_an_honest_head_is_not(make):
    # Writers check the head they chain to, so this takes the agency's own key; `every_signature` still finds it.
    chain = make.real()
    chain.rows[-1] = make.planted(chain.rows[-1])
    chain.decide("C-8", None)
    args = chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys
    quick = verify(lambda: chain.rows, context_for(*args))
    assert (quick.verdict, quick.signatures) == ("verified", 2)
    assert first_bad(chain.rows, context_for(*args, every_signature=True)) == (6, 6)


def test_another_ledgers_genesis_is_not_believed(make, chain):
    practice = make.Chain("practice", practice=True)
    practice.open()
    context = context_for(chain.ledger, practice.rows[0].leaves, {}, None)
    assert context.schedule is None
    assert first_bad(practice.rows, context) == (1, 2)


def test_the_kinds_a_verifier_knows_have_their_field_counts(make, chain):
    args = chain.ledger, chain.rows[0].leaves
    assert first_bad(chain.rows, context_for(*args, {make.DECISION: 13}, None)) == (2, 8)
    assert verify(lambda: chain.rows, context_for(*args, {}, None)).verdict == "verified"


def test_a_wrong_key_in_the_vault_is_a_failure_not_a_doubt(make, chain):
    wrong = dict.fromkeys(chain.keys, bytes(32))
    assert first_bad(chain.rows, context_for(chain.ledger, chain.rows[0].leaves, {}, wrong)) == (3, 8)


def test_what_segments_disagree_on_is_found(chain, context):
    rows = chain.rows
    one, two = (
        verify_segment(rows[:4], SegmentStart(), context),
        verify_segment(rows[4:], SegmentStart(5, rows[3].hash), context),
    )
    assert combine([one, two], context).verdict == "verified"
    assert combine([one], context).records == 4
    assert combine([two], context).first_bad == Failure(1, 2, "position 1 is missing")
    gap = verify_segment(rows[5:], SegmentStart(6, rows[4].hash), context)
    assert combine([one, gap], context).first_bad == Failure(5, 2, "position 5 is missing")
    other = verify_segment([], SegmentStart(5, bytes(32)), context)
    assert combine([one, other], context).first_bad == Failure(5, 3, "the record does not follow the one before it")
    assert combine([], context).verdict == "failed"


def test_all_of_it_crosses_to_another_process(chain, context):
    sent = pickle.loads(pickle.dumps((context, chain.rows)))
    report = verify_segment(sent[1], SegmentStart(), sent[0])
    assert combine([pickle.loads(pickle.dumps(report))], context) == verify(lambda: chain.rows, context)


def test_steps_back_in_time_are_told_across_a_cut(make):
    chain = make.real()
    chain.decide("C-9", None, us=make.T0)
    context = context_for(chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys)
    parts = [
        verify_segment(chain.rows[:6], SegmentStart(), context),
        verify_segment(chain.rows[6:], SegmentStart(7, chain.rows[5].hash), context),
    ]
    assert combine(parts, context).steps_back == (7,)
    last = chain.rows[5]
    known = SegmentStart(7, last.hash, make.T0 // 3_600_000_000 + 1, make.T0 + 61 * 60_000_000)
    assert combine([parts[0], verify_segment(chain.rows[6:], known, context)], context).steps_back == (7,)


# Keys over time; what nobody may do is in tests/vectors


def test_by_default_a_planted_key_record_is_found_below_honest_ones(make):
    chain = make.rotated().until(3)
    chain.rows[2] = make.planted(chain.rows[2])
    chain.signer = make.signer("second")
    chain.decide("C-1", None)
    context = context_for(chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys)
    assert first_bad(chain.rows, context) == (3, 6)
    quick = verify_segment(chain.rows, SegmentStart(), context).failure  # without a second look at everything
    assert quick is not None
    assert quick[:2] == (3, 6)


def test_by_default_the_last_signature_under_a_key_that_was_taken_out_is_checked(make):
    chain = make.recovered().until(5)
    chain.rows[4] = make.planted(chain.rows[4])
    chain.recover(make.signer("after the theft"), 3)
    chain.decide("C-1", None)
    context = context_for(chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys)
    assert first_bad(chain.rows, context) == (5, 6)
    quick = verify_segment(chain.rows, SegmentStart(), context)
    assert quick.failure is not None
    assert (quick.failure[:2], quick.position, quick.hash) == ((5, 6), 4, chain.rows[3].hash)


@pytest.mark.parametrize("count", [3, 6])
def test_every_byte_of_a_key_record_at_the_head(make, count):
    chain = make.rotated().until(3) if count == 3 else make.recovered().until(6)
    row, args = chain.rows[-1], (chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys)
    context = context_for(*args)
    for at in range(RECORD_SIZE):
        flipped = row.record[:at] + bytes([row.record[at] ^ 0x10]) + row.record[at + 1 :]
        fitted = changed(chain, count - 1, record=flipped, hash=record_hash(flipped))
        step = 1 if at == 0 else 2 if at < 25 else 3 if at < 57 else 5 if 65 <= at < 97 else 6
        assert first_bad(fitted, context) == (count, step), at
    for at in range(0, len(row.leaves), 1 if count == 3 else 11):  # the ML-DSA key is long, and all alike
        flipped = row.leaves[:at] + bytes([row.leaves[at] ^ 0x01]) + row.leaves[at + 1 :]
        assert first_bad(changed(chain, count - 1, leaves=flipped), context) == (count, 7), at


def test_segments_that_were_told_other_keys_do_not_fit_together(make):
    chain = make.rotated()
    context = context_for(chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys)
    one = verify_segment(chain.rows[:3], SegmentStart(), context)
    untold = verify_segment(chain.rows[3:], SegmentStart(4, chain.rows[2].hash), context)
    assert combine([one, untold], context).first_bad == Failure(
        4, 5, "the records were verified by other keys than those before them bring in"
    )


def test_without_the_recovery_key_no_recovery_verifies(make):
    chain = make.recovered()
    context = context_for(chain.ledger, chain.rows[0].leaves, make.KINDS, chain.keys)
    unknown = replace(context, schedule=KeySchedule(chain.first))
    assert first_bad(chain.rows, unknown) == (6, 5)
