"""An extract, checked in the order of section 8 of format.md."""

import re
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from entries import FIELDS, GENESIS, Entries
from parts import (
    BODY,
    CHARTER,
    ENTRY,
    OUTER,
    PAIRS,
    check,
    decode,
    digest,
    fits,
    need,
    opened,
    root,
    unbase,
    weak,
)

NOTE = re.compile("([^\n]+)\n([1-9][0-9]{0,15})\n([^\n]+)\n\n((?:\u2014 [^\\s+]+ [^\\s]+\n)+)")


class Extract(Entries):
    """An extract as it is checked, in the order of section 8; `place` is the position and step being looked at."""

    def read(self, data: bytes) -> None:
        """The container and the body, step 1."""
        ours = data[1:6] == b"\xa4body" and data[0] & 0xF0 == 0x80
        need(ours and len(data) <= 32 << 20, "It is no extract, or larger than one may be.", 2)
        self.outer = outer = decode(data, 256)
        self.newer(outer)
        need(fits(outer, OUTER) and outer["format"] == 1, "it is not made up like a signed file")
        self.ledger, self.body = outer["ledger"], decode(outer["body"])
        body = self.body
        need(type(body) is dict and body.get("kind") == "extract", "It is no extract.", 2)
        self.newer(body)
        need(fits(body, BODY) and body["format"] == 1 and body["made"] >= 0, "it is not made up like an extract")
        self.mode, about = body["mode"], [(kind, name) for kind, name, _ in body["about"]]
        need(self.mode in ("complete", "selective", "statement"), "it is of no mode")
        others, bare = (body["checkpoint"], body["head"], body["proof"], body["absent"]), self.mode == "statement"
        need(not any(others) if bare else others[0] and len(others[1]) == 32, "it has other parts than its mode")
        ends, complete = [n for _, _, n in body["about"]], self.mode == "complete"
        need(min(ends, default=0) > 0 and len({*about}) == len(about) if complete else not any(ends), "about nothing")
        self.withheld = [(at, field) for at, field, why in body["withheld"] if why]
        listed = self.withheld == sorted(set(self.withheld)) and len(self.withheld) == len(body["withheld"])
        need(listed and len(body["recipient"]) in (0, 16), "what is withheld is out of order or has no reason")

    def newer(self, part: Any) -> None:
        given = part.get("format") if type(part) is dict else None
        need(type(given) is not int or given < 2, "It was made by a newer version.", 5)

    def genesis(self) -> None:
        """Step 2: the charter that the first record proves."""
        entry = self.body["genesis"]
        need(fits(entry, ENTRY) and len(entry[1]) == 15 and sum(map(len, entry[1])) <= 1 << 20, "it has no genesis")
        need(all(entry[1][i][0] == 1 for i in (0, 9, 10, 11)), "its genesis does not show its charter")
        kind, charter, mldsa, proof = (opened(entry[1][i][1:]) for i in (0, 9, 10, 11))
        found: Any = decode(charter, 16) if type(charter) is bytes else None
        need(kind == GENESIS and fits(found, CHARTER) and found[0] and found[1] and found[6] >= 0, "it has no charter")
        _, self.name, public, self.recovery, hashed, self.practice, _, _ = found
        need(digest("ledger", charter)[:16] == self.ledger and public != self.recovery, "its charter is not its own")
        need(fits([mldsa, proof], (1312, 64)) and digest("", mldsa) == hashed, "its keys are not its charter's")
        need(self.body["practice"] is self.practice, "its charter says otherwise whether it is practice")
        weak(public)
        check(self.recovery, proof, "recovery", self.ledger)
        self.charter, self.keys, self.mldsas = digest("", charter), [(1, public)], [(1, mldsa)]
        self.origin = f"ruleseven{'-practice' * self.practice}/{self.ledger.hex()}"
        _, values = self.entry(entry, 1)
        self.place = 1, 8
        need(... not in values[:4], "it withholds one of fields 0 to 3")

    def note(self) -> int:
        """The size that the checkpoint counts (section 10); its signatures are checked once the keys are known."""
        self.place = 0, 9
        found: Any = NOTE.fullmatch(self.body["checkpoint"].decode())
        origin, size, self.root = found[1], int(found[2]), unbase(found[3])
        need(origin == self.origin and min(found[0].replace("\n", " ")) >= " ", "it is of another log")
        self.text, signed = found[0][: found.start(4) - 1].encode(), map(str.split, found[4].splitlines())
        self.lines = [(who, unbase(text)) for _, who, text in signed]
        need(all(len(line) > 4 for _, line in self.lines), "a line of its checkpoint holds no signature")
        return size

    def signed(self, size: int) -> None:
        """Steps 6 and 7 of section 8: the container, then the checkpoint."""
        self.place, public, outer = (0, 0), self.keys[-1][1], self.outer
        need(outer["key"] == digest("key", public), "it is not signed by the key that was live then")
        check(public, outer["sig"], "extract", self.ledger, outer["key"], digest("", outer["body"]))
        if self.mode != "statement":
            self.place, name, mldsa = (0, 9), self.origin.encode(), self.mldsas[-1][1]
            ids = [digest("", name, b"\n", mark, key)[:4] for mark, key in ((b"\1", public), (b"\6", mldsa))]
            lines = [line for who, line in self.lines if who == self.origin]
            (one,), (two,) = ([line[4:] for line in lines if line[:4] == key_id] for key_id in ids)
            check(public, one, "", self.text)
            named = bytes([len(name)]) + name
            stated = b"subtree/v1\n\0" + named + two[:8] + named + bytes(8) + size.to_bytes(8) + self.root
            MLDSA44PublicKey.from_public_bytes(mldsa).verify(two[8:], stated)

    def records(self, size: int) -> None:
        at, last, ends = 1, b"", {self.stream(kind, name): n for kind, name, n in self.body["about"]}
        seen, left = dict.fromkeys(ends, 0), dict[int, list[int]]()
        for where, field in self.withheld:
            left.setdefault(where, []).append(field)
        for entry in self.body["records"]:
            before, (at, values) = at, self.entry(entry, at + 1)
            self.place = at, 2
            need(before < at <= size, "it is out of order, or after the checkpoint")
            self.place = at, 3
            neighbours = at == before + 1 > 2
            need(not neighbours or entry[0][25:57] == digest("", b"\0", last), "it does not follow the one before")
            self.place, closed = (at, 8), [i for i, value in enumerate(values) if value is ...]
            if self.mode == "complete":
                need(... not in values[:4], "fields 0 to 3 are not open")
                seen[values[1][0]] += 1
                need(values[1][1] == seen[values[1][0]], "it is not the next of its stream")
            else:
                need(values[0] is not ... and values[1:4] == [...] * 3, "field 0 is not open, or 1 to 3 are")
            need(closed == left.pop(at, []), "its closed fields are not those listed as withheld")
            self.places.append(at)
            last = entry[0]
        self.place = (at if self.body["records"] else 0), 8
        need(self.mode != "complete" or seen == ends, "there are other records after it")
        self.place = min(left, default=0), 8
        need(not left, "a field is listed as withheld of a record that is not here")
        self.stands(size, self.body["head"])
        self.place = min(self.twofold, default=0), 3
        need(not self.twofold, "two records are given for this position")
        self.place, proof = (0, 9), list(self.body["proof"])
        leaves = sorted((position - 1, hashed) for position, hashed in self.hashes.items())
        need(root(0, size, leaves, proof) == self.root and not proof, "the proof does not lead to the checkpoint")

    def stated(self) -> None:
        """The records of a statement: openings by themselves."""
        for n, pairs in enumerate(self.body["records"], 1):
            self.place = n, 8
            need(fits(pairs, PAIRS), "it is not fields with their openings")
            fields, kind = [i for i, _ in pairs], opened(pairs[0][1])
            need(fields == sorted(set(fields)) and fields[0] == 0 and not {1, 2, 3, 4} & {*fields}, "not its fields")
            need(type(kind) is str and fields[-1] < max(FIELDS.get(kind, [64])), "it has a field more than its kind")
            [opened(opening) for _, opening in pairs]
            closed = {i for at, i in self.withheld if at == n}
            need(not closed & {1, 2, 3, 4, *fields}, "a field is withheld that is shown, or never is")
        late = [at for at, _ in self.withheld if not 1 <= at <= len(self.body["records"])]
        self.place = min(late, default=0), 8
        need(not late, "a field is listed as withheld of a record that is not here")

    def known(self, size: int, head: int, hashed: bytes, changes: list[tuple[int, bytes, Any]]) -> None:
        """Step 11: what the verifier knew before."""
        self.place = head, 9
        need(self.hashes.get(head, hashed) == hashed, "it is not the record you know of")
        for at, *_ in sorted({*self.changes} ^ {*changes}, key=lambda change: change[0]):
            self.place = at, 9
            need(at > min(head, size), "its key records are not those you know of")
