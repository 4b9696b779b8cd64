"""Checking a signed extract offline, with nothing but the file and whom one trusts.

The steps carry the numbers of `ledger.proof.verify`. Position 0 stands for the file itself.

0. The file is a signed extract of this format; its genesis (steps 1, 2, 5 to 8 below) proves a charter; the charter is
   the one trusted; its key records (the same steps) bring in every later key; the file is signed by the key that was
   live at the head. An agency that is not trusted leaves the verdict undecided: the file may be intact, but nobody has
   said whose word it is.
1. Each record: 193 bytes, format 1. 2. Of this ledger; positions ascend, none after the head. 3. Where two records are
   neighbours, the second holds the first's hash; the record at the head's position has the head's hash.
5. The key is live at that position. 6. The signature. 7. The fields hash to the header's content.
8. Fields 0 to 3 are open and of this stream; versions run from 1 to the head's without a gap; openings are canonical;
   the hour holds the recorded time; every closed field is listed as withheld, with a reason, and no other.
9. A head that the trust file holds is among what the extract says: the same hash at the same position; so are its keys.

What a stranger may cost before a signature is found false: the file is bounded, and so is how many values it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.entries import Bad, EntryChecker, Fields, parts_of
from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion
from ledger.folder import read_outside
from ledger.procedure.declare import BY_WIRE
from ledger.proof import values
from ledger.proof.charter import GENESIS_KIND, Charter, check_genesis
from ledger.proof.commitments import Committer, stream_id
from ledger.proof.envelope import EXTRACT_TAG, MAX_SIZE, Envelope, check_body, open_body
from ledger.proof.fields import ABOUT, KIND, PAYLOAD, RECORDED, SCOPES, STREAM
from ledger.proof.record import HOUR_US, Header, record_hash
from ledger.trust import LONGEST_NAME, Trust

SHAPE = {
    "about": list,
    "format": int,
    "genesis": list,
    "given": dict,
    "head": list,
    "keys": list,
    "kind": str,
    "mode": str,
    "practice": bool,
    "records": list,
    "withheld": list,
}
GIVEN = {"to", "purpose", "basis", "reasons", "marking"}
FORMAT = 1
MAX_ITEMS = 1 << 20  # values in the body; one record takes some 30
MAX_GENESIS = 1 << 20  # bytes of the genesis's fields: they are read before anything is known of the signer


@dataclass(frozen=True)
class ExtractReport:
    """The verdict on an extract. `first_bad` is (position, step, reason); position 0 is the file itself."""

    verdict: str
    agency: str
    trust: str
    records: int = 0
    opened: int = 0
    withheld: int = 0
    mode: str = ""
    practice: bool = False
    about: tuple[str, str] = ("", "")
    given: Mapping[str, str] | None = None
    head: tuple[int, str] = (0, "")
    disputed: int = 0  # records that a recovery distrusts, by the extract itself or by what the verifier trusts
    first_bad: tuple[int, int, str] | None = None


def verify_extract(path: Path, trust: Trust) -> ExtractReport:
    """Check an extract file against whom one trusts.

    A damaged or altered extract is a verdict, not an error; `ForeignFile` says that the file is no extract at all.
    """
    return check_extract(read_outside(path, MAX_SIZE, f"larger than an extract may be ({MAX_SIZE >> 20} MiB)"), trust)


def check_extract(data: bytes, trust: Trust) -> ExtractReport:
    """The verdict on the bytes of an extract."""
    agency, body = "", {}
    try:
        try:
            envelope = open_body(data, MAX_SIZE)
            body = _body_of(envelope)
            charter = _genesis(envelope, body)
            checker = _Checker(envelope.ledger, charter, trust)
            agency = charter.name[:LONGEST_NAME]
            distrust = trust.accepts(charter.to_bytes()) or trust.knows(checker.follow_keys(body))
            if distrust is not None:
                return ExtractReport("undecided", agency, trust.name, first_bad=(0, 0, distrust))
            check_body(envelope, checker.schedule.newest.public, EXTRACT_TAG)
        except NewerVersion as error:
            return ExtractReport("undecided", agency, trust.name, first_bad=(0, 0, str(error)))
        except (Malformed, IntegrityError) as error:
            raise Bad(0, 0, str(error)) from None
        checker.held(1, record_hash(body["genesis"][0]))
        records, opened = checker.check(body)
    except Bad as bad:
        return ExtractReport("failed", agency, trust.name, first_bad=bad.where)
    return ExtractReport(
        "verified",
        agency,
        trust.name,
        records,
        opened,
        len(body["withheld"]),
        body["mode"],
        body["practice"],
        (body["about"][0], body["about"][1]),
        body["given"],
        (body["head"][0], body["head"][1].hex()),
        checker.disputed,
    )


def _body_of(envelope: Envelope) -> dict[str, Any]:
    body = values.decode(envelope.body, MAX_SIZE, MAX_ITEMS)
    if not isinstance(body, dict) or body.get("kind") != "extract":
        raise ForeignFile("This signed file is not an extract.")
    if type(body.get("format")) is int and body["format"] > FORMAT:
        raise NewerVersion("This extract was written by a newer RuleSeven; update this program to check it.")
    if {name: type(part) for name, part in body.items()} != SHAPE or body["mode"] != "complete":
        raise Malformed("the extract does not have the parts that a complete extract has")
    texts = [*body["about"], *body["given"].values()]
    if len(body["about"]) != 2 or body["given"].keys() != GIVEN or any(type(text) is not str for text in texts):
        raise Malformed("the extract does not say in words what it is about and to whom it was given")
    return body


def _genesis(envelope: Envelope, body: Mapping[str, Any]) -> Charter:
    """The charter that the genesis record proves. Nothing is trusted yet."""
    _, leaves, _ = parts_of(body["genesis"], 1)
    if sum(map(len, leaves)) > MAX_GENESIS:
        raise Malformed("the genesis is larger than one can be")
    fields = Fields(Committer(envelope.ledger), leaves, 1)
    if len(fields.values) <= PAYLOAD or fields.values[KIND] != GENESIS_KIND:
        raise Malformed("the first record in the extract is not a genesis")
    charter = check_genesis(fields.values, envelope.ledger, body["practice"])
    header = EntryChecker(envelope.ledger, charter).record(body["genesis"], 1)[0]
    if header.position != 1:
        raise Malformed("the genesis is not at position 1")
    return charter


class _Checker(EntryChecker):
    """Checks the records of one extract."""

    def __init__(self, ledger: bytes, charter: Charter, trust: Trust) -> None:
        super().__init__(ledger, charter)
        self._trust = trust
        self.disputed = 0

    def follow_keys(self, body: Mapping[str, Any]) -> list[bytes]:
        """Believe what the key records up to the head bring in; every key that there has been."""
        self.follow(body["keys"], self._head(body)[0])
        return [key.public for key in self.schedule.lives]

    def check(self, body: Mapping[str, Any]) -> tuple[int, int]:
        """All records of an extract; how many there are, and how many fields are open."""
        head, head_hash, version = self._head(body)
        self.held(head, head_hash)
        if (at := self._trust.contradicts(self.schedule.changes, head)) is not None:
            raise Bad(at, 9, "the trust file holds other keys: a key record is missing here, or is not in the ledger")
        about = body["about"]
        stream = stream_id(self.ledger, about[0], about[1])
        position, digest, opened = 0, b"", 0
        withheld: dict[int, list[int]] = {}
        for entry in body["withheld"]:
            if type(entry) is not list or [type(p) for p in entry] != [int, int, str] or not entry[2]:
                raise Bad(0, 8, "a withheld field is not listed with its position, index and reason")
            withheld.setdefault(entry[0], []).append(entry[1])
        for count, item in enumerate(body["records"], 1):
            before = position
            header, fields = self.record(item, position + 1)
            position = header.position
            if position <= before or position > head:
                raise Bad(position, 2, "the records are not in order of position, up to the head")
            if position == before + 1 and before and header.previous != digest:
                raise Bad(position, 3, "the record does not follow the one before it")
            digest = record_hash(item[0])
            self.held(position, digest)
            if position == head and digest != head_hash:
                raise Bad(position, 3, "the record is not the one that the head names")
            self._content(header, fields, stream, count)
            self.disputed += self._trust.disputes(position, self.schedule.changes)
            if fields.closed != withheld.pop(position, []):
                raise Bad(position, 8, "the fields that are closed are not those listed as withheld")
            opened += len(fields.values) - len(fields.closed)
        if len(body["records"]) != version:
            raise Bad(position, 8, f"the stream has {version} records at the head; {len(body['records'])} are here")
        if withheld:
            raise Bad(min(withheld), 8, "a field is listed as withheld of a record that is not here")
        return version, opened

    def held(self, position: int, digest: bytes) -> None:
        """Step 9: what stands at the position of the trusted head has its hash."""
        trusted = self._trust.head
        if trusted is not None and position == trusted[0] and digest != trusted[1]:
            raise Bad(position, 9, "the trust file holds another head at this position")

    def _content(self, header: Header, fields: Fields, stream: bytes, version: int) -> None:
        """Step 8 for one record of the stream."""
        position, found = header.position, fields.values
        if len(found) < PAYLOAD or ... in found[: SCOPES + 1]:
            raise Bad(position, 8, "a complete extract leaves fields 0 to 3 open")
        kind, where, recorded = found[KIND], found[STREAM], found[RECORDED]
        if type(where) is not list or where != [stream, version] or type(where[1]) is not int:
            raise Bad(position, 8, f"this is not version {version} of the stream that the extract is about")
        if type(recorded) is not list or len(recorded) != 2 or type(recorded[0]) is not int:
            raise Bad(position, 8, "field 2 is not a time and whether the clock was behind")
        if recorded[0] // HOUR_US != header.hour:
            raise Bad(position, 8, "the recorded time is not within the hour of the header")
        declared = BY_WIRE.get(kind) if type(kind) is str else None
        if declared is not None and declared.size != len(found):
            raise Bad(position, 8, f"a {kind} has {declared.size} fields, this one has {len(found)}")
        about = found[ABOUT]
        if about is not ... and (
            type(about) is not list or len(about) != 2 or stream_id(self.ledger, *map(str, about)) != stream
        ):
            raise Bad(position, 8, "field 5 names another stream than field 1")

    def _head(self, body: Mapping[str, Any]) -> tuple[int, bytes, int]:
        head = body["head"]
        shape = [type(part) for part in head]
        if shape != [int, bytes, list] or head[0] < 1 or len(head[1]) != 32:
            raise Bad(0, 9, "the head is not a position, a hash and stream versions")
        about = body["about"]
        stream = stream_id(self.ledger, about[0], about[1])
        for entry in head[2]:
            if type(entry) is list and len(entry) == 2 and entry[0] == stream and type(entry[1]) is int:
                return head[0], head[1], entry[1]
        raise Bad(0, 9, "the head does not say how many records this stream has")
