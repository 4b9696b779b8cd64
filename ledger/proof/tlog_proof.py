"""Proof files (C2SP tlog-proof): that one record is in the tree of a checkpoint, to be checked offline.

    c2sp.org/tlog-proof@v1\\n[extra <base64>\\n]index <n>\\n<base64 hash>\\n…\\n<the checkpoint, verbatim>

`index` is the record's position − 1; the hashes go from the leaf's sibling upward. Size and root are taken from the
checkpoint, once both its signatures are checked, and from nowhere else. `extra` is nobody's word: ours have none.
"""

import base64
import re
from dataclasses import dataclass
from typing import Final

from ledger.errors import IntegrityError, Malformed
from ledger.proof import checkpoint, note, tree
from ledger.proof.checkpoint import Keys, Signed
from ledger.proof.record import header_from_bytes, record_hash

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = 63
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,15})")


@dataclass(frozen=True)
class Proof:
    """A proof file's parts, unchecked. `note` is the checkpoint as it stands in the file."""

    index: int
    hashes: tuple[bytes, ...]
    note: bytes
    extra: bytes = b""

    def to_bytes(self) -> bytes:
        """The file."""
        lines = [FIRST_LINE, *([f"extra {_base64(self.extra)}"] if self.extra else []), f"index {self.index}"]
        data = "".join(f"{line}\n" for line in (*lines, *map(_base64, self.hashes))).encode() + b"\n" + self.note
        if Proof.from_bytes(data) != self:
            raise Malformed("a proof has an index from 0 on, hashes of 32 bytes and a checkpoint")
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> "Proof":
        """The parts of a proof file; Malformed for any other bytes."""
        head, gap, rest = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            lines = []
        if not gap or len(lines) < 2 or lines.pop(0) != FIRST_LINE:
            raise Malformed(f"this is not a proof file: its first line would be {FIRST_LINE}")
        extra = b""
        if lines[0].startswith("extra "):
            extra = note.from_base64(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise Malformed("a proof file without extra data has no line for it")
        index = _INDEX.fullmatch(lines.pop(0) if lines else "")
        if index is None or len(lines) > MAX_HASHES:
            raise Malformed(f"a proof file has one index, from 0 on, and at most {MAX_HASHES} hashes")
        hashes = tuple(map(note.from_base64, lines))
        if any(len(digest) != tree.HASH_SIZE for digest in hashes):
            raise Malformed(f"a hash in a proof file is exactly {tree.HASH_SIZE} bytes")
        if int(index[1]) >= checkpoint.read(rest).size:
            raise Malformed("the index in a proof file is beyond the size in its checkpoint")
        return cls(int(index[1]), hashes, rest, extra)


def check_proof(data: bytes, record: bytes, name: str, keys: Keys) -> Signed:
    """The checkpoint under which these 193 bytes are the record at the proof's index, in the log `name`.

    Malformed or IntegrityError where a signature, the record or the path to the root is not right.
    """
    proof = Proof.from_bytes(data)
    signed = checkpoint.check(proof.note, name, keys)
    check_included(proof, signed, record_hash(record))
    if header_from_bytes(record).position != proof.index + 1:
        raise IntegrityError("this record names another position than the proof is about")
    return signed


def check_included(proof: Proof, signed: Signed, leaf: bytes) -> None:
    """That the proof leads from this record hash to the root in its checkpoint, which was checked."""
    _, size, root = signed.checkpoint
    tree.check_inclusion(proof.index, size, leaf, proof.hashes, root)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
