"""What a partner sends becomes one record: notices, receipts and extracts; from whom; and what is not taken in."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import exchange
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import (
    About,
    Actor,
    Choice,
    Ledger,
    Purpose,
    Receipt,
    Taken,
    Told,
    TrustFolder,
    WhichCase,
    Withholding,
    create_extract,
    make_card,
    read_card,
    receive,
    rotate_key,
    seal_parcel,
    showing,
)
from ledger.arrival import opened
from ledger.errors import (
    ForeignFile,
    IntegrityError,
    Malformed,
    RuleSevenError,
    Undecided,
    UnknownId,
    UsageError,
)
from ledger.notices import received
from ledger.procedure.events.disclosure import DisclosureReceived, Restriction
from ledger.showing import notice as notice_of
from ledger.showing import receipt as receipt_of

CASE = About("case", "HM-0147")
HMC, TVP = Actor(staff_ref="HMC-7", role="practitioner"), Actor(staff_ref="TVP-7", role="practitioner")
WHY = Purpose("HMC", "prevent_detect_crime", "6(e)", "a notice", "OFFICIAL-SENSITIVE")
NOT_TO_THEM = {"code": "NOT_TO_SERVICE_USER", "persons": ["P2", "X1"]}
CONTENTS = "I-2: Missing from 21:40 to 02:15; found in the car park. I-3: Seen there with children on earlier nights."
HERE = {"case": "HM-0147", "actor": {"staff_ref": "TVP-7", "role": "practitioner"}, "recorded_at": exchange.UNTIL}


class Pair(NamedTuple):
    """The council, and the police that have disclosed X-2 to it; each trusts the other."""

    hmc: Ledger
    tvp: Ledger
    here: Path

    def notice(self, disclosure: str = "X-2", name: str = "n.r7x", choice: Choice | None = None) -> Path:
        chosen = choice or notice_of(self.tvp, disclosure, "HMC")
        return self.selective(self.tvp, chosen, self.here / name, self.hmc.id)

    def receipt(self, receipt: str, name: str = "r.r7x", choice: Choice | None = None) -> Path:
        return self.selective(self.hmc, choice or receipt_of(self.hmc, receipt), self.here / name, self.tvp.id)

    @staticmethod
    def selective(ledger: Ledger, choice: Choice, out: Path, to: bytes) -> Path:
        why = replace(WHY, to="TVP") if ledger.agency_id == "HMC" else WHY
        create_extract(ledger, choice, why, mode="selective", out=out, actor=None, recipient=to, record=False)
        return out

    def take(self, file: Path, **told: Any) -> Taken:
        return receive(self.hmc, file, about=CASE, told=Told(**told), actor=HMC)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = exchange.played(tmp_path_factory.mktemp("played"))
    return folder


@pytest.fixture
def pair(played: Path, tmp_path: Path) -> Iterator[Pair]:
    for name in exchange.WHO:
        shutil.copytree(played / name, tmp_path / name)
    with Ledger.open(tmp_path / "HMC") as hmc, Ledger.open(tmp_path / "TVP") as tvp:
        TrustFolder(hmc).add(make_card(tvp), "TVP")
        TrustFolder(tvp).add(make_card(hmc), "HMC")
        yield Pair(hmc, tvp, tmp_path)


def event_of(ledger: Ledger, taken: Taken) -> DisclosureReceived:
    event = ledger.reading(taken.receipt.records[0].position).full_event()
    assert isinstance(event, DisclosureReceived)
    return event


# A notice


def test_a_notice_becomes_a_record_of_what_was_received(pair: Pair) -> None:
    sent = pair.tvp.reading(32)
    assert sent.name == "DisclosureMade"
    taken = pair.take(pair.notice())
    assert (taken.what, taken.sender, taken.lost, taken.receipt.repeated) == ("notice", "TVP", (), False)
    kinds = [record.kind for record in taken.receipt.records]
    assert kinds == ["case/DisclosureReceived/1", *["context/ChildAssociatedWithContext/1"]]
    assert [(f.level, f.rule) for f in taken.receipt.findings] == [("I", "CX-01")]
    event = event_of(pair.hmc, taken)
    assert event.sender_event_hash == sent.hash.hex()
    assert (event.disclosure_id, event.items) == ("X-2", ("I-2", "I-3"))
    assert event.details == f"What was recorded. {CONTENTS}"
    assert event.provider is not None
    assert (event.provider.agency, event.provider.person) == ("TVP", "TVP-7")
    assert event.restrictions == (Restriction(code="NOT_TO_SERVICE_USER", persons=("P2", "X1")),)
    assert event.statement_kinds_as_marked == ("fact", "intelligence")
    assert event.context_ids == ("CTX-CB",)
    assert (event.without_consent, event.consent_reasons, event.reasons_unknown) == (None, None, None)
    assert event.notice is not None
    assert event.notice.restrictions == event.restrictions
    assert event.notice.made_at == sent.event.when  # type: ignore[attr-defined]
    assert event.notice.without_consent is None
    # What was disclosed is sealed, here as there.
    for file in pair.hmc.folder.path.rglob("*.db*"):
        assert b"car park" not in file.read_bytes()


def test_what_its_recipient_says_besides_is_recorded_too(pair: Pair) -> None:
    taken = pair.take(
        pair.notice(),
        receipt_id="R-2",
        details="They rang as well.",
        provider_person="PC-9",
        without_consent=True,
        children=("C1",),
        received_at="2026-09-16T11:00:00+01:00",
    )
    event = event_of(pair.hmc, taken)
    assert (event.receipt_id, event.details, event.children) == ("R-2", "They rang as well.", ("C1",))
    assert event.provider is not None
    assert event.provider.person == "PC-9"
    assert (event.without_consent, event.consent_reasons, event.reasons_unknown) == (True, None, True)
    assert event.received_at is not None
    assert event.received_at.isoformat() == "2026-09-16T10:00:00+00:00"
    assert "RC-04" not in {finding.rule for finding in taken.receipt.findings}


def test_the_same_is_recorded_once_however_it_comes(pair: Pair) -> None:
    file, card = pair.notice(), read_card(make_card(pair.hmc))
    parcel = pair.here / "n.parcel"
    parcel.write_bytes(seal_parcel(file.read_bytes(), card))
    first = pair.take(parcel)
    assert first.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    head = pair.hmc.head()
    again = pair.here / "again.parcel"
    again.write_bytes(seal_parcel(file.read_bytes(), card))
    for other in (parcel, again, file, pair.notice(name="made again.r7x")):
        taken = receive(pair.hmc, other, actor=HMC)  # no case is asked for: it is in one
        assert taken.receipt.repeated
        assert taken.receipt.records == first.receipt.records[:1]
    assert pair.hmc.head() == head


def test_a_receipt_recorded_by_hand_that_quotes_it_is_that_receipt(pair: Pair) -> None:
    by_hand = received_by_hand(pair, pair.tvp.reading(32).hash, receipt_id="R-2")
    taken = pair.take(pair.notice())
    assert (taken.receipt.repeated, taken.receipt.records[0].position) == (True, by_hand.records[0].position)


def test_two_who_receive_it_at_once_come_to_one_record(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pair.notice()
    first = pair.take(file)
    monkeypatch.setattr("ledger.receiving._recorded", lambda *_: iter(()))  # as it looked to the other
    monkeypatch.setattr("ledger.receiving._command_id", lambda *_: pair.hmc.reading(35).command_id)
    assert pair.take(file).receipt.records[0] == first.receipt.records[0]
    assert pair.hmc.head().position == 36


def received_by_hand(pair: Pair, quoted: bytes, **said: Any) -> Receipt:
    said |= {"details": "x", "provider": {"agency": "TVP"}, "sender_event_hash": quoted.hex()}
    command = {"do": "DisclosureReceived", "case": "HM-0147", **said, "recorded_at": exchange.UNTIL}
    return pair.hmc.record(command, actor=HMC)


def advised(pair: Pair, **advice: Any) -> None:
    decision = exchange.disclosure()["decision"] | {"decision_id": "D-3"}
    command = exchange.disclosure(disclosure_id="X-3", decision=decision, consent_advice_to_recipient=advice)
    pair.tvp.record(command)


def test_the_want_of_consent_and_its_reasons_come_with_it(pair: Pair) -> None:
    advised(pair, advised=True, state="refused")
    file = pair.notice("X-3")
    with pytest.raises(UsageError, match="TVP says that there was no consent"):
        pair.take(file, without_consent=False)
    event = event_of(pair.hmc, pair.take(file, reasons="She feared for her job."))
    assert (event.without_consent, event.consent_reasons) == (True, "She feared for her job.")
    assert event.notice is not None
    assert event.notice.without_consent is True


def test_what_the_recipient_was_told_of_it_comes_with_it(pair: Pair) -> None:
    advised(pair, advised=True, state="refused", explanation="She feared for her job.")
    event = event_of(pair.hmc, pair.take(pair.notice("X-3")))
    assert (event.without_consent, event.consent_reasons, event.reasons_unknown) == (
        True,
        "She feared for her job.",
        None,
    )


def test_why_the_recipient_was_not_told_stays_with_the_sender(pair: Pair) -> None:
    advised(pair, advised=False, withheld_reason="prejudice_investigation", explanation="He is watched.")
    file = pair.notice("X-3")
    assert b"He is watched." not in file.read_bytes()
    assert event_of(pair.hmc, pair.take(file)).notice.without_consent is None  # type: ignore[union-attr]


def test_a_want_of_consent_that_was_told_later(pair: Pair) -> None:
    told = {
        "do": "RecipientAdvisedOfConsentPosition",
        "disclosure_id": "X-2",
        "recipient": "HMC",
        "state": "not_sought",
    }
    pair.tvp.record({**HERE, **told, "explanation": "The investigation is over."})
    event = event_of(pair.hmc, pair.take(pair.notice()))
    assert (event.without_consent, event.consent_reasons) == (True, "The investigation is over.")


def test_consent_given_is_said_as_well(pair: Pair) -> None:
    advised(pair, advised=True, state="given")
    taken = pair.take(pair.notice("X-3"))
    assert event_of(pair.hmc, taken).without_consent is False
    assert event_of(pair.hmc, taken).reasons_unknown is None


def test_every_restriction_comes_with_it_but_what_was_lifted_by_name(pair: Pair) -> None:
    until = "2026-12-31"
    for said in (
        {
            "restriction_id": "RS-1",
            "items": ["I-2"],
            "code": "EYES_ONLY",
            "text": "for the team manager",
            "until": until,
        },
        {"restriction_id": "RS-2", "items": ["I-3"], "code": "NO_ONWARD_WITHOUT_ORIGINATOR"},
    ):
        pair.tvp.record({**HERE, "do": "RestrictionImposed", **said})
    pair.tvp.record({**HERE, "do": "RestrictionLifted", "restriction_id": "RS-2", "lifted_by": "TVP"})
    event = event_of(pair.hmc, pair.take(pair.notice()))
    assert event.restrictions == (
        Restriction(code="NOT_TO_SERVICE_USER", persons=("P2", "X1")),
        Restriction(code="EYES_ONLY", text="for the team manager", until=until),
    )
    assert event.notice is not None
    assert event.notice.restrictions == event.restrictions


def test_where_it_belongs_is_for_a_person_to_say(pair: Pair) -> None:
    file = pair.notice()
    with pytest.raises(WhichCase, match="--case C") as found:
        receive(pair.hmc, file, actor=HMC)
    assert found.value.likely == ()
    assert pair.hmc.head().position == 34
    pair.take(file)
    advised(pair, advised=False, withheld_reason="prejudice_investigation", explanation="It goes on.")
    with pytest.raises(WhichCase, match="HM-0147 has to do with TVP") as found:
        receive(pair.hmc, pair.notice("X-3", "n3.r7x"), actor=HMC)
    assert found.value.likely == ("HM-0147",)
    with pytest.raises(UnknownId):
        receive(pair.hmc, pair.notice("X-3", "n4.r7x"), about=About("case", "HM-9999"), actor=HMC)


def closing(pair: Pair, *fields: tuple[str, str]) -> Choice:
    """The notice of X-2 with more fields kept back."""
    chosen, records = notice_of(pair.tvp, "X-2", "HMC"), []
    for one in chosen.records:
        kind = one.reading.declared
        assert kind is not None
        closed = {f.index: "internal" for f in kind.fields if (one.reading.name, f.name) in fields}
        records.append(replace(one, withheld={**one.withheld, **closed}))
    return replace(chosen, records=tuple(records))


def test_what_the_notice_does_not_say_in_words_must_be_said(pair: Pair) -> None:
    told = next(f.name for f in pair.tvp.reading(32).declared.fields[-1:])  # type: ignore[union-attr]
    words = [("DisclosureMade", name) for name in ("words", "words_told", told)]
    file = pair.notice(choice=closing(pair, *words, ("InformationRecorded", "content")))
    with pytest.raises(UsageError, match="say it with --details"):
        pair.take(file)
    assert event_of(pair.hmc, pair.take(file, details="They rang.")).details == "They rang."


def test_a_notice_that_keeps_its_restrictions_back_is_not_taken_as_free_of_them(pair: Pair) -> None:
    with pytest.raises(Malformed, match="does not say which restrictions"):
        pair.take(pair.notice(choice=closing(pair, ("DisclosureMade", "restrictions"))))


def test_restrictions_of_an_item_that_are_kept_back_are_not_taken_for_none(pair: Pair) -> None:
    with pytest.raises(Malformed, match="does not say which restrictions"):
        pair.take(pair.notice(choice=closing(pair, ("InformationRecorded", "restrictions"))))


def test_whatever_its_sender_may_withhold_a_notice_is_taken_in_under_its_limits(pair: Pair) -> None:
    """Each field by itself: either its sender is told, or its recipient can take the notice in as it was meant."""
    advised(pair, advised=True, state="refused", explanation="She feared for her job.")
    limit = {"restriction_id": "RS-1", "items": ["I-2"], "code": "EYES_ONLY", "text": "for the manager"}
    pair.tvp.record({**HERE, "do": "RestrictionImposed", **limit, "until": "2026-12-31", "persons": ["P2"]})
    pair.tvp.record({**HERE, "do": "RestrictionLifted", "items": ["I-2"], "code": "NO_ONWARD", "lifted_by": "TVP"})
    pair.tvp.record({**HERE, "do": "InformationCorrected", "item_id": "I-2", "correction": "at 21:45"})

    def taken(number: int, choice: Choice) -> dict[str, Any]:
        arrived = opened(pair.hmc, pair.notice("X-3", f"n{number}.r7x", choice))
        assert arrived.what == "notice"
        assert arrived.record is not None
        return received(arrived.record, arrived.records, "TVP", Told(details="They rang."))

    whole = notice_of(pair.tvp, "X-3", "HMC")
    restrictions = taken(0, whole)["restrictions"]
    assert len(restrictions) == 2
    kept = []
    fields = [(one.reading, name) for one in whole.records for name in (*one.reading.data, "actor")]
    for number, (reading, name) in enumerate(fields, 1):
        withhold = Withholding.parse([f"{reading.position}:{name}=other"])
        try:
            choice = notice_of(pair.tvp, "X-3", "HMC", withhold=withhold)
        except UsageError:
            kept.append((reading.name, name))
        else:
            assert taken(number, choice)["restrictions"] == restrictions, (reading.name, name)
    assert set(kept) == {
        *(("InformationRecorded", name) for name in ("item_id", "restrictions")),
        *(("DisclosureMade", name) for name in ("disclosure_id", "restrictions")),
        *(("RestrictionImposed", name) for name in ("code", "persons", "purposes", "until", "words_told")),
        *(("RestrictionLifted", "code"), ("InformationCorrected", "item_id")),
    }


# A receipt


def test_a_receipt_confirms_what_was_disclosed(pair: Pair) -> None:
    theirs = pair.take(pair.notice(), receipt_id="R-2").receipt.records[0]
    [owed] = [o for r in pair.tvp.readings() for o in r.owed if o.duty == "RC-06"]
    taken = receive(pair.tvp, pair.receipt("R-2"), actor=TVP)
    assert (taken.what, taken.sender, taken.lost) == ("receipt", "HMC", ())
    reading = pair.tvp.reading(taken.receipt.records[0].position)
    event: Any = reading.event
    assert reading.about == CASE
    assert (event.disclosure_id, event.recipient, event.receipt_id) == ("X-2", "HMC", "R-2")
    assert event.recipient_event_hash == theirs.hash.hex()
    assert [(key.duty, key.about) for key in reading.ended] == [("RC-06", owed.about)]
    again = receive(pair.tvp, pair.receipt("R-2", "again.r7x"), actor=TVP)
    assert (again.receipt.repeated, again.receipt.records) == (True, taken.receipt.records)


def test_what_a_receipt_leaves_out_is_named(pair: Pair) -> None:
    advised(pair, advised=True, state="refused")
    made = next(r for r in pair.tvp.naming("DisclosureMade", "X-3"))
    dropped = {"restrictions": [{**NOT_TO_THEM, "persons": ["P2"]}], "without_consent": False}
    received_by_hand(pair, made.hash, receipt_id="R-3", disclosure_id="X-3", **dropped)
    assert receive(pair.tvp, pair.receipt("R-3"), actor=TVP).lost == ("RC-03", "RC-05")


def test_a_receipt_for_what_was_never_disclosed(pair: Pair) -> None:
    received_by_hand(pair, b"\xab" * 32, receipt_id="R-9", disclosure_id="X-2")
    with pytest.raises(UnknownId, match=r"not in this ledger \(abababababababab…\)"):
        receive(pair.tvp, pair.receipt("R-9"), actor=TVP)
    pair.take(pair.notice(), receipt_id="R-2")
    TrustFolder(pair.tvp).remove("HMC")
    TrustFolder(pair.tvp).add(make_card(pair.hmc), "council")
    with pytest.raises(UsageError, match="X-2 was not made to council"):
        receive(pair.tvp, pair.receipt("R-2", "r2.r7x"), actor=TVP)


def test_a_receipt_that_quotes_nothing(pair: Pair) -> None:
    pair.take(pair.notice(), receipt_id="R-2")
    chosen = receipt_of(pair.hmc, "R-2")
    one = chosen.records[0]
    index = next(f.index for f in one.reading.declared.fields if f.name == "sender_event_hash")  # type: ignore[union-attr]
    closed = replace(chosen, records=(replace(one, withheld={**one.withheld, index: "internal"}),))
    with pytest.raises(UsageError, match="does not say which record of yours"):
        receive(pair.tvp, pair.receipt("R-2", choice=closed), actor=TVP)


# Any other extract


def extract(pair: Pair, **how: Any) -> Path:
    out = pair.here / "case.r7x"
    create_extract(pair.tvp, showing.complete(pair.tvp, [CASE]), WHY, out=out, actor=TVP, record=False, **how)
    return out


@pytest.mark.parametrize("meant", [True, False])
def test_any_other_extract_is_noted_as_verified(pair: Pair, meant: bool) -> None:
    file = extract(pair, recipient=pair.hmc.id if meant else b"")
    taken = receive(pair.hmc, file, actor=HMC)
    assert taken.what == "extract"
    [record] = taken.receipt.records
    event: Any = pair.hmc.reading(record.position).event
    assert (event.sha256, event.agency, event.verdict, event.extract_mode) == (
        taken.sha256,
        "TVP",
        "verified",
        "complete",
    )
    assert (event.records, event.opened) == (taken.report.records, taken.report.opened)
    assert receive(pair.hmc, file, actor=HMC).receipt.repeated


def test_a_notice_that_names_no_ledger_is_an_extract_like_any_other(pair: Pair) -> None:
    out = pair.selective(pair.tvp, notice_of(pair.tvp, "X-2", "HMC"), pair.here / "n.r7x", b"")
    assert receive(pair.hmc, out, about=CASE, actor=HMC).what == "extract"


# From whom, for whom, and whether it holds


def nothing_new(pair: Pair, file: Path, error: type[RuleSevenError], words: str) -> None:
    head = pair.hmc.head()
    with pytest.raises(error, match=words):
        pair.take(file)
    assert pair.hmc.head() == head


def test_an_agency_that_nobody_trusts(pair: Pair) -> None:
    file = pair.notice()
    TrustFolder(pair.hmc).remove("TVP")
    nothing_new(pair, file, Undecided, "signed by 'Thornvale Police', whom you have not said you trust")
    data = bytearray(file.read_bytes())
    data[-40] ^= 1
    file.write_bytes(data)  # altered by whomever: it is not said to be theirs
    with pytest.raises((IntegrityError, Undecided)):
        pair.take(file)


def test_what_is_meant_for_another_ledger(pair: Pair) -> None:
    out = pair.selective(pair.tvp, notice_of(pair.tvp, "X-2", "HMC"), pair.here / "n.r7x", bytes(16))
    nothing_new(pair, out, ForeignFile, f"meant for another ledger \\({'0' * 32}\\)")
    with pytest.raises(UsageError, match="extract of this ledger itself"):
        receive(pair.tvp, pair.notice(name="own.r7x"), actor=TVP)


def test_a_nested_parcel_a_card_and_a_letter(pair: Pair) -> None:
    card, file = read_card(make_card(pair.hmc)), pair.here / "file"
    file.write_bytes(seal_parcel(seal_parcel(pair.notice().read_bytes(), card), card))
    nothing_new(pair, file, ForeignFile, "not a signed file")
    file.write_bytes(make_card(pair.tvp))
    nothing_new(pair, file, ForeignFile, "not an extract")
    file.write_text("Dear all, …")
    nothing_new(pair, file, ForeignFile, "not a signed file")
    file.write_bytes(seal_parcel(pair.notice(name="2.r7x").read_bytes(), read_card(make_card(pair.tvp))))
    nothing_new(pair, file, ForeignFile, "for another ledger")
    nothing_new(pair, pair.here / "nowhere", ForeignFile, "does not exist")
    file.write_bytes(b"\x86\xa4body" + bytes((32 << 20) + 1))
    nothing_new(pair, file, ForeignFile, "larger than an extract may be")


def test_a_partner_who_tells_two_histories(pair: Pair) -> None:
    shutil.copytree(pair.tvp.folder.path, pair.here / "branch")
    pair.tvp.record({**HERE, "do": "PersonLinked", "person_id": "P8", "roles": ["parent"]})
    pair.take(pair.notice())
    assert TrustFolder(pair.hmc).get("TVP").trust.head == tuple(pair.tvp.head())
    with Ledger.open(pair.here / "branch") as branch:
        branch.record({**HERE, "do": "PersonLinked", "person_id": "P9", "roles": ["parent"]})
        out = pair.selective(branch, notice_of(branch, "X-2", "HMC"), pair.here / "other.r7x", pair.hmc.id)
        nothing_new(pair, out, IntegrityError, "at record 33, step 9: the trust file holds another head")


def test_what_was_seen_of_a_partner_only_grows(pair: Pair) -> None:
    early = pair.notice()
    assert rotate_key(pair.tvp).position == 33
    pair.take(pair.notice(name="late.r7x"))
    seen = TrustFolder(pair.hmc).get("TVP").trust
    assert seen.head == tuple(pair.tvp.head())
    assert [change.position for change in seen.keys or ()] == [33]
    assert pair.take(early).receipt.repeated
    assert TrustFolder(pair.hmc).get("TVP").trust == seen


def test_a_refusal_leaves_its_trace_and_can_be_put_right(pair: Pair) -> None:
    from ledger.errors import Refused

    file = pair.notice()
    with pytest.raises(Refused):
        receive(pair.hmc, file, about=CASE)  # nobody acts
    assert pair.hmc.reading(pair.hmc.head().position).name == "CommandRefused"
    assert not pair.take(file).receipt.repeated


# Damaged files: each ends in a word, and none is taken in


def test_cut_short_and_changed(pair: Pair) -> None:
    file = pair.notice()
    whole, head = file.read_bytes(), pair.hmc.head()
    lengths = [*range(0, len(whole), len(whole) // 40), len(whole) - 1]
    damaged = [whole[:length] for length in lengths]
    for at in range(0, len(whole), len(whole) // 60):
        changed = bytearray(whole)
        changed[at] ^= 0x10
        damaged.append(bytes(changed))
    for data in (*damaged, whole + b"\0", whole + whole):
        file.write_bytes(data)
        with pytest.raises((IntegrityError, ForeignFile, Undecided)):
            pair.take(file)
    assert pair.hmc.head() == head


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.binary(max_size=600), begun=st.sampled_from([b"", b"\x85\xa4body", b"ruleseven/parcel/v1\0"]))
def test_any_bytes_end_in_a_word(pair: Pair, data: bytes, begun: bytes) -> None:
    file = pair.here / "any"
    file.write_bytes(begun + data)
    with pytest.raises(RuleSevenError):
        pair.take(file)


def test_what_names_another_agency_is_not_taken_in(pair: Pair, tmp_path: Path) -> None:
    """A card that was taken for another: the file opens here, and says that it is for somebody else."""
    out = tmp_path / "to-the-police.r7x"
    why, whole, to = replace(WHY, to="tvp"), showing.complete(pair.tvp, [CASE]), pair.hmc.id
    create_extract(pair.tvp, whole, why, mode="selective", out=out, actor=TVP, record=False, recipient=to)
    before = pair.hmc.head()
    with pytest.raises(ForeignFile, match="says that it is for tvp, and came to"):
        receive(pair.hmc, out, about=CASE, actor=HMC)
    assert pair.hmc.head() == before
