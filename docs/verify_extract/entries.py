"""Records outside their ledger, and the keys that may sign them: "each entry" of section 8 of format.md."""

from typing import Any

from parts import ENTRY, FIRST, check, digest, fits, need, opened

GENESIS, ROTATED, RECOVERED = "agency/LedgerOpened/1", "agency/SigningKeyRotated/1", "agency/SigningKeyRecovered/1"
FIELDS = {GENESIS: [15], ROTATED: [11], RECOVERED: [14], "operations/InformationErased/1": range(12, 65)}


class Entries:
    """The entries of one ledger as they are checked; `place` is the position and step that is being looked at."""

    def __init__(self) -> None:
        self.place, self.places, self.hashes, self.twofold = (0, 0), list[int](), dict[int, bytes](), set[int]()
        self.keys, self.mldsas, self.changes = list[Any](), list[Any](), list[tuple[int, bytes, Any]]()
        self.ledger, self.recovery, self.practice = b"", b"", False

    def live(self, position: int) -> bytes:
        return next(bytes(public) for start, public in reversed(self.keys) if start <= max(position, 1))

    def entry(self, entry: Any, lowest: int) -> tuple[int, list[Any]]:
        """Position and values (Ellipsis where they are closed) of an entry that passes "each entry"."""
        self.place = lowest, 1
        need(fits(entry, ENTRY) and len(entry[0]) == 193 and entry[0][0] == 1, "it is no record of format 1")
        self.place, (record, leaves, scopes) = (lowest, 2), entry
        at, hour = int.from_bytes(record[17:25]), int.from_bytes(record[57:65])
        need(record[1:17] == self.ledger and at > 0, "it is a record of another ledger")
        self.place = 1, 2
        need((lowest > 1) == (at > 1), "the genesis is the first record, and no other is")
        self.place = at, 3
        need(at > 1 or record[25:57] == bytes(32), "there is nothing before the first record")
        self.place, signers = (at, 5), {digest("key", key): key for key in (self.live(at), self.recovery)}
        public = signers[record[65:97]]
        self.place = at, 6
        check(public, record[129:], "practice" if self.practice else "record", record[:129])
        self.place = at, 7
        fair = all(x[:1] == b"\1" or (x[:1] == b"\0" and len(x) == 33) for x in leaves)
        need(fair and len(leaves) <= 64, "its fields are not fields")
        cs = [digest("field", self.ledger, bytes([i]), x[1:]) if x[0] else x[1:] for i, x in enumerate(leaves)]
        whole = digest("content", bytes([len(leaves)]), *cs, digest("scopes", *scopes))
        need(whole == record[97:129], "its content is not what was signed for")
        self.place = at, 8
        values = [opened(leaf[1:]) if leaf[0] else ... for leaf in leaves]
        need(
            len(leaves) > 8 and all(v is ... or fits(v, one) for v, one in zip(values, FIRST, strict=False)),
            "fields 0 to 3 are not what they must be",
        )
        kind, where, time, ids, _, about = list[Any](values[:6])
        need(kind is ... or len(leaves) in FIELDS.get(kind, range(9, 65)), "it has not its kind's number of fields")
        need(where is ... or where[1] > 0, "its version is none")
        need(time is ... or time[0] // 3_600_000_000 == hour, "its hour is not that of its time")
        need(ids is ... or (len(ids) == len(scopes) == len({*ids})), "field 3 is not what is sealed")
        named = about is ... or where is ... or (fits(about, (str, str)) and self.stream(*about) == where[0])
        need(named, "what it is about is another stream")
        self.place = at, 5
        need((kind == RECOVERED) == (public == self.recovery), "the recovery key signs recoveries and nothing else")
        self.stands(at, digest("", b"\0", record))
        return at, values

    def stands(self, at: int, hashed: bytes) -> None:
        """Note which record is at a position; two at one are wrong, which is for step 10 to say."""
        if self.hashes.setdefault(at, hashed) != hashed:
            self.twofold.add(at)

    def stream(self, kind: str, name: str) -> bytes:
        return digest("stream", self.ledger, f"{kind}\0{name}".encode())[:16]

    def follow(self, keys: list[Any], size: int) -> None:
        """The key records that bring in every later key (section 5)."""
        before = 1
        for entry in keys:
            at, values = self.entry(entry, before + 1)
            self.place = at, 2
            need(before < at <= size, "the key records are not in order, up to the checkpoint")
            self.place = at, 8
            need(... not in values[:4] and sum(map(len, entry[1])) <= 1 << 20, "it withholds one of fields 0 to 3")
            kind, (stream, _) = values[:2]
            new, enrolment, since, mldsa = values[9:13] if kind == RECOVERED else [*values[9:11], None, None]
            need(kind in (ROTATED, RECOVERED) and stream == self.stream("agency", "agency"), "it is no key record")
            need(new not in (self.recovery, *(public for _, public in self.keys)), "it shows an earlier key")
            check(new, enrolment, "enrol", self.ledger, entry[0][65:97], new)
            need(kind == ROTATED or (2 <= since <= at and len(mldsa or bytes(1312)) == 1312), "it distrusts nothing")
            self.changes.append((at, digest("key", new), since))
            self.keys.append((at + 1, new))
            self.mldsas += [(at + 1, mldsa)] if mldsa else []
            before = at
