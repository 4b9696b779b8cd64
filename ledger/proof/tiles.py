"""The tree in tiles of 256 hashes, as C2SP tlog-tiles lays it out: what is cached, published, and read for proofs.

Tile n of level l holds, for i from 0 to 255, MTH(D[(256 n + i)·256^l : (256 n + i + 1)·256^l]): at level 0 the record
hashes, above that the hash of each full tile below. The last tile of a level may be partial, and is then in none above.

A tile that was kept is believed only for the root that was signed over it: partial tiles hash to that root, and each
full one to its place in the tile above. So whoever can write to a cache can make it useless, and nothing else.

A full tile is kept with the 16 hashes half way up to its own: they lead to its place in the tile above, and each to 16
of its hashes. So one leaf is proved for 30 hashes and not for 255, and what is read is checked all the same.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from ledger.errors import IntegrityError
from ledger.proof import tree
from ledger.proof.tree import HASH_SIZE

WIDTH: Final = 256
LEVELS: Final = 8  # of the tree, in one tile
FULL: Final = WIDTH * HASH_SIZE
HALF: Final = 4  # levels from a tile's hashes to its middle, and from there to the tile's own
GROUP: Final = 1 << HALF  # hashes below one of the middle, and of the middle itself
KEPT: Final = FULL + GROUP * HASH_SIZE  # of a full tile: its hashes, then its middle
MAX_KEPT: Final = 64  # full tiles that a tree remembers; a proof needs one for each level

Rows = list[bytes]  # hashes, and above them those of their complete subtrees, level by level


class Place(NamedTuple):
    """Where a tile is: its level, and its number within the level, both from 0."""

    level: int
    number: int

    @property
    def above(self) -> "Place":
        return Place(self.level + 1, self.number // WIDTH)


Fetch = Callable[[Place], bytes | None]


class Damaged(IntegrityError):
    """A kept tile is not what the root says that it is."""


class TileTree:
    """A tree that grows leaf by leaf and is read by (level, index).

    `fetch` gives the tiles that were kept of its first `size` leaves, whose root must be `root`: else `Damaged`, here
    or when such a tile is first read. It may be given another source later, of the same tiles.
    """

    def __init__(self, size: int = 0, root: bytes = tree.EMPTY_ROOT, fetch: Fetch = lambda _: None) -> None:
        self.size = size
        self._fresh: dict[Place, bytes] = {}
        self.fetch = fetch
        self._ends: dict[int, bytearray] = {}  # each level's last tile, while it is partial
        self._kept: dict[Place, tuple[bytes, Rows]] = {}  # full tiles with their middle, that it is theirs checked
        self._folded: dict[Place | tuple[Place, int], Rows] = {}  # partial tiles, and groups of full ones
        for place, width in partial_tiles(size):
            found = fetch(place)
            if found is None or len(found) != width * HASH_SIZE:
                raise Damaged(f"tile {place.number} of level {place.level} was not kept whole")
            self._ends[place.level] = bytearray(found)
        if tree.root(size, self.read) != root:
            raise Damaged("the tiles that were kept do not hash to the root that was signed")

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the end."""
        self._folded.clear()
        for leaf in leaves:
            self._add(0, self.size, leaf)
            self.size += 1

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves; of all by default."""
        return tree.root(self.size if size is None else size, self.read)

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree, as the provers in `tree` ask for it."""
        up, within = divmod(level, LEVELS)
        place, at = Place(up, (index << within) // WIDTH), index % (WIDTH >> within)
        if self._is_last(place):
            rows = self._folded.get(place) or self._remember(place, _fold(self.tile(place)))
        elif within >= HALF:
            rows, within = self._full(place)[1], within - HALF
        else:
            group, at = divmod(at, GROUP >> within)
            rows = self._group(place, group)
        found = rows[within][at * HASH_SIZE : (at + 1) * HASH_SIZE] if within < len(rows) else b""
        if len(found) != HASH_SIZE:
            raise Damaged(f"the tree of {self.size} leaves has no hash {index} at level {level}")
        return found

    def tile(self, place: Place) -> bytes:
        """A tile's hashes, joined: as many as this tree has of it. `Damaged` where it is not what the root says."""
        if self._is_last(place):
            return bytes(self._ends.get(place.level, b""))
        return b"".join(self._group(place, number)[0] for number in range(GROUP))

    def pending(self) -> dict[Place, bytes]:
        """The tiles to keep: all that are new since, with their middle, and every partial one."""
        ends = {place: bytes(self._ends[place.level]) for place, _ in partial_tiles(self.size)}
        return self._fresh | ends

    def _is_last(self, place: Place) -> bool:
        """Whether this is the level's last tile, which is partial or empty."""
        return place.number == (self.size >> LEVELS * place.level) // WIDTH

    def _full(self, place: Place) -> tuple[bytes, Rows]:
        """A full tile as it is kept, and its middle, once that leads to the tile's place in the one above."""
        if found := self._kept.get(place):
            return found
        kept = self._fresh.get(place) or self.fetch(place)
        if kept is None or len(kept) != KEPT:
            raise _not_kept(place)
        middle = _fold(kept[FULL:])
        if middle[HALF] != self.read(LEVELS * (place.level + 1), place.number):
            raise _not_kept(place)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[place] = kept, middle
        return kept, middle

    def _group(self, place: Place, number: int) -> Rows:
        """Sixteen hashes of a full tile and those above them, once they lead to theirs in its middle."""
        if found := self._folded.get((place, number)):
            return found
        kept, middle = self._full(place)
        size = GROUP * HASH_SIZE
        rows = _fold(kept[number * size : (number + 1) * size])
        if rows[HALF] != middle[0][number * HASH_SIZE : (number + 1) * HASH_SIZE]:
            raise _not_kept(place)
        return self._remember((place, number), rows)

    def _remember(self, what: Place | tuple[Place, int], rows: Rows) -> Rows:
        if len(self._folded) >= MAX_KEPT:
            self._folded.clear()
        self._folded[what] = rows
        return rows

    def _add(self, level: int, index: int, digest: bytes) -> None:
        end = self._ends.setdefault(level, bytearray())
        end += digest
        if len(end) == FULL:
            rows = _fold(bytes(end))
            self._fresh[Place(level, index // WIDTH)] = rows[0] + rows[HALF]
            end.clear()
            self._add(level + 1, index // WIDTH, rows[LEVELS])


def partial_tiles(size: int) -> Iterator[tuple[Place, int]]:
    """The partial tiles of a tree, by level, and how many hashes each holds."""
    level = 0
    while count := size >> LEVELS * level:
        number, width = divmod(count, WIDTH)
        if width:
            yield Place(level, number), width
        level += 1


def all_tiles(size: int) -> Iterator[tuple[Place, int]]:
    """Every tile of a tree, by level, and how many hashes each holds."""
    level = 0
    while count := size >> LEVELS * level:
        for number in range(-(-count // WIDTH)):
            yield Place(level, number), min(WIDTH, count - number * WIDTH)
        level += 1


def path(number: int, width: int = WIDTH) -> str:
    """How a tile is named below its level: groups of three digits, all but the last with an `x`; `.p/W` if partial."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03}")
    return "/".join(reversed(groups)) + ("" if width == WIDTH else f".p/{width}")


def _not_kept(place: Place) -> Damaged:
    return Damaged(f"tile {place.number} of level {place.level} is not the one that was kept")


def _fold(hashes: bytes) -> Rows:
    """Hashes, and above them those of their complete subtrees, up to where there is one or none."""
    rows = [hashes]
    while len(hashes) >= 2 * HASH_SIZE:
        hashes = _nodes(hashes)
        rows.append(hashes)
    return rows


def _nodes(hashes: bytes) -> bytes:
    """The hashes over each two that stand side by side; one left over at the end has none yet."""
    pair = 2 * HASH_SIZE
    return b"".join([sha256(b"\1" + hashes[at : at + pair]).digest() for at in range(0, len(hashes) - HASH_SIZE, pair)])
