"""The parts that a verifier of extracts is made of: values, keys and the tree, as format.md describes them."""

import base64
import hashlib
import re
import unicodedata
from bisect import bisect_left
from typing import Any

import msgpack  # type: ignore[import-untyped, unused-ignore]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORBIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ARRAYS, MAPS = {*range(0x90, 0xA0), 0xDC, 0xDD}, {*range(0x80, 0x90), 0xDE, 0xDF}
P, D = 2**255 - 19, 37095705934669439343138083508754565189542113879843219016388785533085940283555

# What a value must be: of a type; so many bytes; (item by item); [each of them]; a map with just these keys.
CHARTER, ENTRY, PAIRS = (str, str, 32, 32, 32, bool, int, 16), (bytes, [bytes], [32]), [(int, bytes)]
OUTER = {"body": bytes, "format": int, "key": 32, "ledger": 16, "sig": 64}
GIVEN = dict.fromkeys(("basis", "expires", "how", "marking", "purpose", "reasons", "restrictions", "to"), str)
BODY = {
    "about": [(str, str, int)],
    "absent": [(str, str, str)],
    "checkpoint": bytes,
    "format": int,
    "genesis": object,
    "given": GIVEN,
    "head": bytes,
    "keys": [object],
    "kind": str,
    "made": int,
    "mode": str,
    "pad": bytes,
    "practice": bool,
    "proof": [32],
    "recipient": bytes,
    "records": [object],
    "withheld": [(int, int, str)],
}
FIRST: Any = (str, (16, int), (int, bool), [16])  # fields 0 to 3


def need(holds: object, why: str, code: int = 1) -> None:
    if not holds:
        raise ValueError(why, code)


def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return type(value) is dict and value.keys() == shape.keys() and all(fits(value[k], shape[k]) for k in shape)
    if isinstance(shape, tuple | list):
        each = shape if isinstance(shape, tuple) else shape * len(value) if type(value) is list else []
        return type(value) is list and len(value) == len(each) and all(map(fits, value, each))
    return shape is object or type(value) is shape or (type(value) is bytes and len(value) == shape)


def decode(data: bytes, most: int = 1 << 20) -> Any:
    """The value in its only encoding (section 1); no more than so many values and keys are ever built."""
    feed, left = msgpack.Unpacker(max_buffer_size=len(data) or 1), most
    feed.feed(data)

    def take(depth: int) -> Any:
        nonlocal left
        left, mark = left - 1, data[feed.tell()]
        need(left >= 0 and (depth < 8 or mark not in ARRAYS | MAPS), "it is too large or too deep")
        if mark in ARRAYS:
            return [take(depth + 1) for _ in range(feed.read_array_header())]
        if mark in MAPS:
            pairs = [(take(depth + 1), take(depth + 1)) for _ in range(feed.read_map_header())]
            need([key for key, _ in pairs] == sorted({str(key) for key, _ in pairs}), "a map's keys are out of order")
            return dict(pairs)
        value = feed.unpack()
        fair = type(value) is not str or (not FORBIDDEN.search(value) and unicodedata.is_normalized("NFC", value))
        fair = fair and (type(value) is not int or abs(value) < 2**53)
        need(fair and (value is None or type(value) in (bool, int, str, bytes)), "it holds what no value may")
        return value

    value = take(0)
    need(feed.tell() == len(data) and msgpack.packb(value) == data, "it is not in its only encoding")
    return value


def opened(opening: bytes) -> Any:
    need(opening[:3] == b"\x92\xc4\x10" and len(opening) > 19, "a field does not open")
    return decode(opening[19:])


def unbase(text: str) -> bytes:
    need(base64.b64encode(data := base64.b64decode(text, validate=True)).decode() == text, "it is no base64")
    return data


def digest(tag: str, *parts: bytes) -> bytes:
    return hashlib.sha256(b"".join((f"ruleseven/{tag}/v1\0".encode() if tag else b"", *parts))).digest()


def weak(public: bytes) -> None:
    """Refuse a key that section 2 refuses: the five y of small order are the roots of the polynomial."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    curve = pow((y * y - 1) * (D * y * y + 1), (P - 1) // 2, P) in (0, 1)
    need(len(public) == 32 and y < P and curve and y * (y * y - 1) * (D * y**4 + 2 * y * y - 1) % P, "its key is weak")


def check(public: bytes, signature: bytes, tag: str, *message: bytes) -> None:
    weak(public)
    start = f"ruleseven/{tag}/v1\0" if tag else ""
    Ed25519PublicKey.from_public_bytes(public).verify(signature, start.encode() + b"".join(message))


def root(low: int, high: int, known: list[tuple[int, bytes]], proof: list[bytes]) -> bytes:
    """tree(low, high) of section 8, from the leaves that are known, by number, and the hashes of the proof."""
    inside = known[bisect_left(known, (low, b"")) : bisect_left(known, (high, b""))]
    if not inside or high - low == 1:
        return inside[0][1] if inside else proof.pop(0)
    middle = low + (1 << (high - low - 1).bit_length() - 1)
    return digest("", b"\1", root(low, middle, inside, proof), root(middle, high, inside, proof))
