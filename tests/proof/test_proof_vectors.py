"""The vectors that another implementation would read: ours must be what the generator makes, and pass its own."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.errors import IntegrityError, Malformed
from ledger.key_history import learn
from ledger.proof import (
    charter,
    checkpoint,
    commitments,
    cosignature,
    envelope,
    keys,
    note,
    primitives,
    sealing,
    tree,
    values,
)
from ledger.proof.cosignature import Cosigner
from ledger.proof.keys import KeySchedule
from ledger.proof.report import Row, SegmentStart, VerifyContext
from ledger.proof.tiles import TileTree
from ledger.proof.tlog_proof import check_proof
from ledger.proof.verify import combine, verify, verify_segment

HERE = Path(__file__).parent.parent / "vectors"


def load(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


CHAINS = {chain["name"]: chain for chain in load("chains.json")}
ATTACKS = load("attacks.json")


def from_hex(cell):
    return bytes.fromhex(cell["hex"]) if isinstance(cell, dict) else cell


def row_of(cells):
    return Row(*map(from_hex, cells.values()))


def context_of(chain, **more):
    held = chain["scope_keys"]
    return VerifyContext(
        ledger=bytes.fromhex(chain["ledger"]),
        practice=chain["practice"],
        schedule=KeySchedule(bytes.fromhex(chain["public_key"]), bytes.fromhex(chain["recovery_key"])),
        kinds=chain["kinds"],
        scope_keys=None if held is None else {bytes.fromhex(k): bytes.fromhex(v) for k, v in held.items()},
        heads=[(position, bytes.fromhex(digest)) for position, digest in chain["heads"]],
        **more,
    )


def edited(chain, edits):
    rows = [dict(row) for row in chain["rows"]]
    for edit in edits:
        if "delete" in edit:
            del rows[edit["delete"]]
        elif "replace" in edit:
            rows[edit["replace"]] = edit["with"]
        else:
            rows[edit["row"]][edit["set"]] = edit["to"]
    return [row_of(row) for row in rows]


def in_segments(rows, cuts, context):
    """The report on rows verified in segments that begin at the indexes `cuts`, told the keys as a planner would be."""
    ends = [*cuts[1:], len(rows)]
    schedule = context.schedule.before(1)
    with suppress(IntegrityError):
        _ = [*learn(rows, schedule, context)]
    context = replace(context, schedule=schedule)
    parts = []
    for begin, end in zip(cuts, ends, strict=True):
        start = SegmentStart(begin + 1, rows[begin - 1].hash) if begin else SegmentStart()
        parts.append(verify_segment(rows[begin:end], start, context))
    return combine(parts, context)


def test_the_files_are_what_the_generator_makes(make):
    made = make.files()
    assert made.keys() == {path.name for path in HERE.glob("*.json")}
    for name, text in made.items():
        assert (HERE / name).read_text(encoding="utf-8") == text, f"{name}: run tests/vectors/make.py"


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("every", [False, True])
def test_a_chain_has_its_verdict(name, every):
    chain = CHAINS[name]
    rows = [row_of(row) for row in chain["rows"]]
    report = verify(lambda: rows, context_of(chain, every_signature=every))
    expect = chain["expect"]
    assert report.first_bad is None
    assert report.signatures == (len(rows) if every else expect["signatures"])
    assert expect == {
        "verdict": report.verdict,
        "records": report.records,
        "head": report.head.hash.hex(),
        "unchecked": report.unchecked,
        "erased": report.erased,
        "missing": list(report.missing),
        "steps_back": list(report.steps_back),
        "signatures": expect["signatures"],
        "disputed": report.disputed,
        "disputes": [
            {"first": d.first, "last": d.last, "anchors": [head.position for head in d.anchors]}
            for d in report.disputes
        ],
    }
    assert report.heads == len(chain["heads"])


@pytest.mark.parametrize("name", CHAINS)
def test_any_cut_into_segments_gives_the_same_verdict(name):
    chain = CHAINS[name]
    rows, context = [row_of(row) for row in chain["rows"]], context_of(chain, every_signature=True)
    whole = verify(lambda: rows, context)
    for cut in range(1, len(rows)):
        assert in_segments(rows, [0, cut], context) == whole
    assert in_segments(rows, [*range(len(rows))], context) == whole


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack["name"] for attack in ATTACKS])
def test_an_attack_fails_at_its_position_and_step(attack):
    chain = CHAINS[attack["of"]]
    rows, context = edited(chain, attack["edits"]), context_of(chain)
    report = verify(lambda: rows, context)
    assert report.verdict == "failed"
    assert report.first_bad
    assert report.first_bad[:2] == (attack["position"], attack["step"]), report.first_bad
    assert report.records == attack["position"] - 1
    assert report.first_bad.reason


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack["name"] for attack in ATTACKS])
def test_an_attack_fails_in_segments_too(attack):
    chain = CHAINS[attack["of"]]
    rows, context = edited(chain, attack["edits"]), context_of(chain, every_signature=True)
    for cut in range(1, len(rows)):
        previous = rows[cut - 1].hash  # a planner would hand on what the file says
        if isinstance(previous, bytes):
            report = in_segments(rows, [0, cut], context)
            assert report.first_bad
            assert report.first_bad[:2] == (attack["position"], attack["step"]), (cut, report.first_bad)


def value_of(data):
    if isinstance(data, list):
        return [value_of(item) for item in data]
    if isinstance(data, dict):
        return bytes.fromhex(data["hex"]) if "hex" in data else {k: value_of(v) for k, v in data["map"].items()}
    return data


@pytest.mark.parametrize("vector", load("values.json")["valid"], ids=lambda v: v["hex"][:40])
def test_a_value_has_one_encoding(vector):
    data, value = bytes.fromhex(vector["hex"]), value_of(vector["value"])
    assert values.encode(value) == data
    assert values.decode(data) == value


@pytest.mark.parametrize("vector", load("values.json")["invalid"], ids=lambda v: v["why"])
def test_what_is_no_encoding_is_refused(vector):
    with pytest.raises(Malformed):
        values.decode(bytes.fromhex(vector["hex"]))


@pytest.mark.parametrize("vector", load("keys.json")["refused"], ids=lambda v: f"{v['hex'][:8]}…{v['hex'][-8:]}")
def test_a_weak_or_malformed_key_is_refused(vector):
    with pytest.raises(Malformed):
        primitives.check_public_key(bytes.fromhex(vector["hex"]))


def test_the_forgery_that_openssl_accepts_is_refused():
    forged = {name: bytes.fromhex(text) for name, text in load("keys.json")["forgery_under_a_weak_key"].items()}
    Ed25519PublicKey.from_public_bytes(forged["public"]).verify(forged["signature"], forged["message"])
    with pytest.raises(Malformed):
        primitives.verify(forged["public"], forged["signature"], forged["message"])


def test_key_ids_and_verifier_keys():
    for key in load("keys.json")["keys"]:
        public = bytes.fromhex(key["public"])
        assert keys.key_id(public).hex() == key["key_id"]
        assert keys.vkey(key["name"], public) == key["vkey"]
        assert keys.parse_vkey(key["vkey"])[::2] == (key["name"], public)


def test_commitments_streams_and_sealing():
    data = load("commitments.json")
    ledger = bytes.fromhex(data["ledger"])
    assert charter.ledger_id(bytes.fromhex(data["charter"])) == ledger
    committer = commitments.Committer(ledger)
    for each in data["openings"]:
        opening = commitments.opening(bytes.fromhex(each["salt"]), values.decode(bytes.fromhex(each["value"])))
        assert opening.hex() == each["opening"]
        assert committer.commit(each["index"], opening).hex() == each["commitment"]
    for each in data["streams"]:
        assert commitments.stream_id(ledger, each["type"], each["id"]).hex() == each["stream"]
    sealed = data["sealing"]
    key, nonce, stream, scope = (bytes.fromhex(sealed[name]) for name in ("key", "nonce", "stream", "scope"))
    pairs = [(i, bytes.fromhex(opening)) for i, opening in sealed["pairs"]]
    ciphertext = sealing.seal(key, nonce, pairs, ledger, stream, sealed["version"], scope)
    assert ciphertext.hex() == sealed["ciphertext"]
    assert sealing.unseal(key, ciphertext, ledger, stream, sealed["version"], scope) == pairs
    content = data["content"]
    hashes = [bytes.fromhex(each) for each in content["commitments"]]
    assert commitments.content_hash(hashes, bytes.fromhex(content["scopes"])).hex() == content["hash"]
    box = data["envelope"]
    opened = envelope.open_body(bytes.fromhex(box["file"]))
    assert envelope.check_body(opened, bytes.fromhex(box["public"]))
    assert opened.body.hex() == box["body"]


def test_the_worked_example_is_that_of_the_vectors():
    page = (HERE.parent.parent / "docs" / "format.md").read_text(encoding="utf-8")
    example = page.partition("## 12. Worked example")[2]
    shown = [line.split()[:3] for line in example.splitlines() if line[:1].islower()]
    chain = CHAINS["real"]
    row = row_of(chain["rows"][4])
    leaves = commitments.leaves_from_bytes(row.leaves)
    committer = commitments.Committer(bytes.fromhex(chain["ledger"]))
    parts = {name: bytes.fromhex(text) for name, text, *_ in shown if name not in ("leaf", "c_0", "hashes")}
    assert [bytes.fromhex(words[2]) for words in shown if words[0] == "leaf"] == leaves
    names = ("format", "ledger", "position", "previous", "hour", "key_id", "content", "signature")
    assert b"".join(parts[name] for name in names) == row.record
    assert parts["hash"] == row.hash
    assert parts["public"].hex() == chain["public_key"]
    assert parts["scopes"] == commitments.NO_SCOPES
    assert parts["c_11"] == committer.leaf_commitment(11, leaves[11])
    assert f"c_0       {committer.leaf_commitment(0, leaves[0]).hex()}" in example


def test_the_tree_of_the_page_is_that_of_the_vectors():
    page = (HERE.parent.parent / "docs" / "format.md").read_text(encoding="utf-8")
    section = page.partition("## 9. The tree")[2].partition("## 11. ")[0]
    shown = [line.split() for line in section.splitlines() if line.startswith(("root ", "path ", "proof "))]
    rows = [row_of(row) for row in CHAINS["real"]["rows"]]
    made = TileTree()
    made.extend(row.hash for row in rows)
    assert [words[-1] for words in shown if words[0] == "root"] == [made.root(size).hex() for size in range(1, 7)]
    path = [bytes.fromhex(words[1]) for words in shown if words[0] == "path"]
    proof = [bytes.fromhex(words[1]) for words in shown if words[0] == "proof"]
    assert tree.check_inclusion(4, 6, rows[4].hash, path, made.root())
    assert tree.check_consistency(3, made.root(3), 6, made.root(), proof)
    name = checkpoint.origin(bytes.fromhex(CHAINS["real"]["ledger"]), practice=False)
    assert checkpoint.Checkpoint(name, 6, made.root()).to_bytes().decode() in section


def test_the_weak_keys_of_the_page_are_those_refused():
    page = (HERE.parent.parent / "docs" / "format.md").read_text(encoding="utf-8")
    listed = {line for line in page.partition("## 3.")[0].splitlines() if len(line) == 64 and " " not in line}
    assert listed == {y.to_bytes(32, "little").hex() for y in primitives.SMALL_ORDER_Y}


NOTES = load("checkpoints.json")


def keys_of_notes():
    """The keys of its vkeys, as any reader of signed notes takes them."""
    name, digits, encoded = NOTES["mldsa_vkey"].split("+", 2)
    mldsa = note.from_base64(encoded)[1:]
    assert (name, digits) == (NOTES["origin"], checkpoint.mldsa_key_id(name, mldsa).hex())
    return checkpoint.Keys(keys.parse_vkey(NOTES["vkey"])[2], mldsa)


def test_a_checkpoint_says_what_it_was_signed_for():
    signed = checkpoint.check(NOTES["checkpoint"].encode(), NOTES["origin"], keys_of_notes())
    stated = checkpoint.Checkpoint(NOTES["origin"], NOTES["size"], bytes.fromhex(NOTES["root"]))
    assert signed == (stated, NOTES["time"])
    rows = [row_of(row) for row in CHAINS["real"]["rows"]]
    made = TileTree()
    made.extend(row.hash for row in rows)
    assert (len(rows), made.root()) == (stated.size, stated.root)


@pytest.mark.parametrize("vector", NOTES["refused"], ids=lambda vector: vector["why"])
def test_a_checkpoint_with_one_thing_wrong_is_refused(vector):
    with pytest.raises((Malformed, IntegrityError)):
        checkpoint.check(vector["checkpoint"].encode(), NOTES["origin"], keys_of_notes())


def test_a_cosigned_checkpoint_and_a_proof_hold():
    cosigner = Cosigner.from_vkey(NOTES["witness_vkey"])
    opened = note.from_bytes(NOTES["cosigned"].encode())
    assert cosignature.check(opened, [cosigner]) == [(cosigner, NOTES["cosigned_at"])]
    assert checkpoint.check(NOTES["cosigned"].encode(), NOTES["origin"], keys_of_notes()).time == NOTES["time"]
    proof = NOTES["proof"]
    record = bytes.fromhex(proof["record"])
    assert record == row_of(CHAINS["real"]["rows"][proof["position"] - 1]).record
    check_proof(proof["file"].encode(), record, NOTES["origin"], keys_of_notes())
    with pytest.raises(IntegrityError):
        check_proof(proof["file"].encode(), record[:-1] + b"\0", NOTES["origin"], keys_of_notes())
