"""Texts from outside: trust files, keys, checkpoints, proofs, policies, requests, commands, settings and their like.

Most are nobody's signed word, so much of what is altered is another text of the same kind. What is accepted must then
mean what it says: written down again it is the same.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

from fuzz.mutations import bytes_altered, json_altered
from fuzz.target import Target, refuses
from scenarios import path_of
from support import fill, found

import cli.lines
import cli.scenario
import cli.settings
from ledger import (
    Ledger,
    Quorum,
    Trust,
    Witness,
    beginning_to_json,
    make_card,
    parse,
    parse_line,
    prove,
    prove_consistency,
    read_beginning,
    read_card,
    read_quorum,
    seal_parcel,
    sign_checkpoint,
)
from ledger.likeness import likeness
from ledger.procedure.edition import Edition, read_edition, shipped
from ledger.proof import checkpoint, note
from ledger.proof.cosignature import Cosigner
from ledger.proof.joint_proof import check_joint, prove_joint
from ledger.proof.quorum import Witness as Named
from ledger.proof.tlog_proof import Proof, check_proof
from ledger.proof.tree import node_hash, range_hash
from ledger.tokens import KeyName, TokenKey, public_in
from ledger.witness_http import add_checkpoint

EDITIONS = Path(__file__).parents[2] / "ledger" / "procedure" / "editions"


def targets(stack: ExitStack, folder: Path) -> Iterator[Target]:
    log = stack.enter_context(found(folder / "log", practice=False))
    fill(log, 6)
    yield from of_trust(log, folder)
    yield guessed(log)
    yield from of_notes(stack, log, folder)
    yield from of_keys(log, folder)
    yield from of_commands(folder)


def of_trust(log: Ledger, folder: Path) -> Iterator[Target]:
    trust, file = read_card(make_card(log)).trust("the council"), folder / "trust"

    def trusted(data: bytes) -> bool:
        file.write_bytes(data)
        read = Trust.load(file)
        if read.charter_sha256 is None:
            assert read.public == log.signer.public, "a key of which nothing was known"
            return True
        again = folder / "again"
        again.write_text(read.to_json(), encoding="utf-8")
        assert Trust.load(again) == read, "written down again it is another"
        return True

    examples = [trust.to_json().encode()]
    examples.append(
        json.dumps(
            json.loads(examples[0]) | {"keys": [{"position": 3, "key_id": "ab" * 32, "distrust_from": 2}]}
        ).encode()
    )
    yield Target.of("trust file", examples, trusted, json_altered)
    key = log.vkey.encode()
    yield Target.of("vkey", [key], lambda data: trusted(b"rules" + data[5:]))

    def beginning(data: bytes) -> bool:
        file.write_bytes(data)
        read = read_beginning(file)
        file.write_text(beginning_to_json(read, 6, bytes(32)))
        assert read_beginning(file) == read
        return True

    grown = prove_consistency(log, 3, 6)
    text = json.dumps(
        {
            "old": 3,
            "new": 6,
            "old_root": grown.old_root.hex(),
            "new_root": "00" * 32,
            "proof": [h.hex() for h in grown.hashes],
        }
    ).encode()
    yield Target.of("consistency proof", [text], beginning, json_altered)


def guessed(log: Ledger) -> Target:
    """What a file seems to be that is another than was asked for: always a sentence, of whatever bytes."""
    card = make_card(log)
    trust = read_card(card).trust("the council").to_json().encode()
    parcel = seal_parcel(card, read_card(card))
    examples = [card, trust, parcel, log.vkey.encode(), sign_checkpoint(log).data, prove(log, 2).data]

    def told(data: bytes) -> bool:
        said = likeness(data)
        assert (said[:3], said[-1]) == ("it ", "."), said
        return "seems to be" in said

    return Target.of("what a file seems to be", examples, told)


def of_notes(stack: ExitStack, log: Ledger, folder: Path) -> Iterator[Target]:
    police = stack.enter_context(found(folder / "police", practice=False))
    fill(police, 2)
    witness = Witness(police)
    witness.add(make_card(log), "the council")
    plain = sign_checkpoint(log).data
    keys, whose = read_card(make_card(log)).keys_at(6), Cosigner(police.origin, police.signer.public)
    cosigned = witness.cosign(plain).data
    text = note.from_bytes(plain).text

    def noted(data: bytes) -> bool:
        read = note.from_bytes(data)
        assert note.to_bytes(read.text, read.signatures) == data, "a note has one form"
        found = checkpoint.check(data, log.origin, keys)
        assert found.checkpoint.to_bytes() == read.text == text, "a checkpoint that nobody signed"
        return True

    def counted(data: bytes) -> bool:
        by = Quorum(1, 0, (Named("police", (whose,)),)).cosigned(note.from_bytes(data))
        assert not by or note.from_bytes(data).text == text, "a cosignature of what was not cosigned"
        return bool(by)

    notes = [plain, cosigned]
    yield Target.of("checkpoint", notes, noted)
    yield Target.of("cosigned checkpoint", [cosigned], counted)

    proof = prove(log, 4).data
    record = log.reading(4).row.record

    def proved(data: bytes) -> bool:
        assert Proof.from_bytes(data).to_bytes() == data, "a proof has one form"
        return check_proof(data, record, log.origin, keys).checkpoint.to_bytes() == text

    yield Target.of("tlog-proof", [proof], proved)
    yield joint(log)

    def submitted(data: bytes) -> bool:
        answer = add_checkpoint(witness, data)
        assert answer.status in (200, 400, 403, 404, 409, 422), f"it answers {answer.status}"
        assert answer.status != 200 or text in data, "cosigned what the log did not sign"
        return answer.status == 200

    yield Target.of("witness request", [b"old 6\n\n" + plain, b"old 6\n\n" + cosigned], submitted)

    policy = folder / "policy.json"
    (folder / "card").write_bytes(make_card(police))
    witnesses = {"police": whose.vkey(), "by card": "card"}
    said = {"ruleseven": "witness policy", "k": 1, "dishonest": 0, "witnesses": {"police": witnesses["police"]}}
    policies = [json.dumps(said).encode(), json.dumps(said | {"witnesses": {"by card": "card"}}).encode()]

    def agreed(data: bytes) -> bool:
        policy.write_bytes(data)
        quorum = read_quorum(policy)
        assert 2 * quorum.needed > len(quorum.witnesses) + quorum.dishonest, "two histories would pass"
        return True

    yield Target.of("witness policy", policies, agreed, json_altered)


def joint(log: Ledger) -> Target:
    """A proof of leaves 1 and 4 in a tree of six, as JSON: [[[leaf, hash], …], size, [hash, …]]."""
    hashes = [log.reading(position).hash for position in range(1, 7)]

    def read(level: int, index: int) -> bytes:
        return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1)) if level else hashes[index]

    known = {1: hashes[1], 4: hashes[4]}
    proof, root = prove_joint(known, 6, read), range_hash(0, 6, read)
    example = json.dumps([[[n, h.hex()] for n, h in known.items()], 6, [h.hex() for h in proof]]).encode()

    def joined(data: bytes) -> bool:
        try:
            leaves, size, path = json.loads(data)
            given, path = {n: bytes.fromhex(h) for n, h in leaves}, [bytes.fromhex(h) for h in path]
            if any(type(n) is not int for n in given):
                return False
        except (ValueError, TypeError, RecursionError):
            return False  # not what a caller could give
        check_joint(given, size, path, root)
        assert given == known or len(given) > len(known), "another leaf led to the root"
        assert all(h in hashes or h in proof for h in given.values()), "another leaf led to the root"
        return True

    return Target.of("joint proof", [example], joined, json_altered)


def of_keys(log: Ledger, folder: Path) -> Iterator[Target]:
    private = log.folder.signing_key.read_bytes()
    locked = folder / "locked"
    with found(locked, passphrase=b"correct horse battery staple") as other:
        passworded = other.folder.signing_key.read_bytes()
    files = [private, passworded, TokenKey(log.signer.public, "pkcs11:token=T;object=signing").to_bytes()]

    def opened(data: bytes) -> bool:
        refuses(lambda: log.keyring.signer_in(data))  # which may be locked
        return len(public_in(data)) == 32

    yield Target.of("key file", files, opened)
    uri = b"pkcs11:token=T%20U;object=signing;id=%01%02"
    yield Target.of("name of a key", [uri], lambda data: bool(KeyName.from_uri(data.decode("latin-1"))))


def of_commands(folder: Path) -> Iterator[Target]:
    plays = [path_of(name).read_bytes().splitlines() for name in ("canal-basin", "clares-law")]
    lines = [line for play in plays for line in play if line.strip()]
    commands = [command(value) for value in map(json.loads, lines) if "do" in value]

    def parsed(data: bytes) -> bool:
        read = parse_line(data)
        assert parse_line(json.dumps(read)) == read, "written down again it is another"
        return bool(parse(read))

    yield Target.of("command", commands, parsed, json_altered)

    def played(data: bytes) -> bool:
        list(cli.lines.read(io.BytesIO(data)))
        return bool(cli.scenario.read(io.BytesIO(data)).agencies)

    head = [line for line in lines if b'"agency"' in line and b'"do"' not in line][:3]

    def scenario(random: Random) -> bytes:
        some = [*head, *random.sample(lines, 3)]
        at = random.randrange(len(some))
        some[at] = json_altered(random, some[at]) if some[at][:1] == b"{" else bytes_altered(random, some[at])
        return b"\n".join(some)

    yield Target("scenario", [path_of("clares-law").read_bytes()], scenario, played)

    file = folder / "settings.json"
    setting = (
        b'{"actor": "HMC-1", "role": "practitioner", "passphrase_file": "p", "pin_command": ["cat"], "ledger": null}'
    )

    def settled(data: bytes) -> bool:
        file.write_bytes(data)
        return bool(cli.settings.read(file, run=False)) or bool(cli.settings.read_folder(folder))

    yield Target.of("settings", [setting], settled, json_altered)

    known = {name: one.edition for name, one in shipped().items()}
    editions = [path.read_bytes() for path in sorted(EDITIONS.glob("*.json"))]

    def adopted(data: bytes) -> bool:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return False
        return isinstance(value, dict) and isinstance(read_edition(value, known), Edition)

    yield Target.of("edition", editions, adopted, json_altered)


def command(value: dict[str, object]) -> bytes:
    """A scenario's line as the command that it gives."""
    return json.dumps(
        {key: said for key, said in value.items() if key not in ("ledger", "at", "row", "expect")}
    ).encode()
