"""Inputs that nobody would write: a valid example with its bytes altered, or its structure, encoded again."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Any

import msgpack  # type: ignore[import-untyped]

from ledger.errors import Malformed
from ledger.proof import values

MOST = 4  # alterations of one input
INTERESTING = (0, 1, 7, 9, 10, 16, 31, 32, 63, 64, 127, 128, 192, 193, 220, 221, 223, 255)
SIZES = (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000, 2**31, 2**32 - 1, 2**53, 2**63 - 1, 2**64 - 1)
TOKENS = (b"\n", b"\n\n", b"\r\n", b"\0", b"+", b" ", b"=", b"/", b"-1", b"1e9", b"[" * 3000, b'{"a":' * 3000, b"\xff")
INTEGERS = (0, -1, 1, 2, 63, 64, 65, 10**6, 2**31, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), 10**30)
TEXTS = (
    "",
    "é",
    "e\u0301",
    "\0",
    "\n",
    "\u202e",
    "\ud800",
    "x" * 70_000,
    "9" * 5_000,
    "case",
    "2026-02-30",
    "P1",
    "~x",
)
BLOBS = (
    b"",
    b"\0",
    bytes(16),
    bytes(32),
    b"\xff" * 32,
    bytes(33),
    bytes(64),
    bytes(193),
    b"\1\x92\xc4\x10",
    bytes(70_000),
)
OTHERS: tuple[Any, ...] = (None, True, False, 1.5, float("nan"), float("-inf"), [], {}, [[]], {"": None}, [0] * 5_000)


def bytes_altered(random: Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """One to `MOST` alterations of the bytes, some of them spliced with another example."""
    altered = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, MOST))):
        _once(random, altered, others)
    return bytes(altered)


def _once(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    length = random.choice((1, 1, 2, 4, 8, 32, 64, 193, random.randrange(1, len(data) + 2)))
    match random.randrange(9):
        case 0 | 1 if at < len(data):
            data[at] ^= 1 << random.randrange(8)
        case 2 if at < len(data):
            data[at] = random.choice(INTERESTING)
        case 3:
            data[at:at] = random.choice((random.randbytes(length % 200), random.choice(TOKENS)))
        case 4:
            del data[at : at + length]
        case 5:
            data[at:at] = data[at : at + length]
        case 6:
            size = random.choice((1, 2, 4, 8))
            data[at : at + size] = (random.choice(SIZES) % 256**size).to_bytes(size)
        case 7 if others:
            other = random.choice(others)
            since = random.randrange(len(other) + 1)
            data[at:] = other[since : since + random.choice((length, len(other)))]
        case _:
            del data[at:]


def tree_altered(random: Random, tree: Any) -> Any:
    """A copy of a structure of maps, lists and plain values with one to `MOST` of its nodes altered."""
    holder = [copy.deepcopy(tree)]
    for _ in range(random.choice((1, 1, 1, 2, MOST))):
        if holder:  # the whole may have been taken away before
            with suppress(RecursionError):  # of a copy of what is nested deeply by now
                _alter_node(random, holder, *random.choice(_nodes(holder)))
    return holder[0] if holder else None


def _nodes(tree: Any) -> list[tuple[Any, Any]]:
    """Every node as the container that holds it and its key or index there."""
    found, ahead = [], [tree]
    while ahead:
        place = ahead.pop()
        for key in list(place) if isinstance(place, dict) else range(len(place)):
            found.append((place, key))
            if isinstance(place[key], list | dict):
                ahead.append(place[key])
    return found


def _alter_node(random: Random, root: Any, parent: Any, key: Any) -> None:
    node = parent[key]
    match random.randrange(9):
        case 0 | 1:
            parent[key] = _tweaked(random, node)
        case 2 | 3:
            parent[key] = junk(random)
        case 4:
            del parent[key]
        case 5 if isinstance(parent, list):
            parent.insert(random.randrange(len(parent) + 1), copy.deepcopy(node))
        case 6:
            other, place = random.choice(_nodes(root))
            parent[key] = copy.deepcopy(other[place])
        case 7:
            for _ in range(random.choice((1, 7, 8, 9, 200))):
                node = [node] if random.random() < 0.5 else {"a": node}
            parent[key] = node
        case _ if isinstance(parent, dict):
            parent[random.choice((*TEXTS[:6], "more", f"{key}2"))] = junk(random)
        case _:
            parent[key] = _tweaked(random, node)


def junk(random: Random) -> Any:
    return copy.deepcopy(random.choice(random.choice((INTEGERS, TEXTS, BLOBS, OTHERS))))


def _tweaked(random: Random, node: Any) -> Any:
    """Another value of the same type."""
    match node:
        case bool():
            return not node
        case int():
            return node + random.choice((-1, 1, 2, 256, -(2**32), 2**32))
        case str():
            at = random.randrange(len(node) + 1)
            return node[:at] + random.choice(("", "x", "0", *TEXTS)) + node[at + random.randrange(3) :]
        case bytes():
            return bytes_altered(random, node)
        case list():
            return random.sample(node, len(node))
        case _:
            return junk(random)


def as_msgpack(random: Random, tree: Any) -> bytes:
    """The tree in our only encoding where it has one, else (and now and then) as msgpack would write it."""
    if random.random() < 0.9:
        with suppress(Malformed, RecursionError):  # what is no value of ours is packed as it is
            return values.encode(tree)
    try:
        packed: bytes = msgpack.packb(tree, unicode_errors="surrogatepass")
    except (ValueError, OverflowError, TypeError, RecursionError):
        return random.randbytes(40)
    return packed


def as_json(random: Random, tree: Any) -> bytes:
    try:
        return json.dumps(tree, ensure_ascii=random.random() < 0.7, default=bytes.hex).encode(errors="surrogatepass")
    except (ValueError, TypeError, RecursionError):
        return b"{" * random.randrange(2, 5_000)


def json_altered(random: Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """JSON with its bytes or its structure altered."""
    if random.random() < 0.4:
        return bytes_altered(random, data, others)
    return as_json(random, tree_altered(random, json.loads(data)))
