"""The tree in tiles of 256 hashes, as C2SP tlog-tiles lays it out: what is cached, published, and read for proofs.

Tile n of level l holds, for i from 0 to 255, MTH(D[(256 n + i)·256^l : (256 n + i + 1)·256^l]): at level 0 the record
hashes, above that the hash of each full tile below. The last tile of a level may be partial, and is then in none above.

A tile that was kept is believed only for the root that was signed over it: partial tiles hash to that root, and each
full one to its place in the tile above. So whoever can write to a cache can make it useless, and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from ledger.errors import IntegrityError
from ledger.proof import tree
from ledger.proof.tree import HASH_SIZE, node_hash

WIDTH: Final = 256
LEVELS: Final = 8  # of the tree, in one tile
FULL: Final = WIDTH * HASH_SIZE
MAX_KEPT: Final = 64  # full tiles that a tree remembers; a proof needs one for each level


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
        self._kept: dict[Place, bytes] = {}
        for place, width in partial_tiles(size):
            found = fetch(place)
            if found is None or len(found) != width * HASH_SIZE:
                raise Damaged(f"tile {place.number} of level {place.level} was not kept whole")
            self._ends[place.level] = bytearray(found)
        if tree.root(size, self.read) != root:
            raise Damaged("the tiles that were kept do not hash to the root that was signed")

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the end."""
        for leaf in leaves:
            self._add(0, self.size, leaf)
            self.size += 1

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves; of all by default."""
        return tree.root(self.size if size is None else size, self.read)

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree, as the provers in `tree` ask for it."""
        up, within = divmod(level, LEVELS)
        first = index << within
        data = self.tile(Place(up, first // WIDTH))
        start = first % WIDTH * HASH_SIZE
        hashes = data[start : start + (HASH_SIZE << within)]
        if len(hashes) != HASH_SIZE << within:
            raise Damaged(f"the tree of {self.size} leaves has no hash {index} at level {level}")
        return _fold(hashes)

    def tile(self, place: Place) -> bytes:
        """A tile's hashes, joined: as many as this tree has of it. `Damaged` where it is not what the root says."""
        end = self._ends.get(place.level, b"")
        if place.number == (self.size >> LEVELS * place.level) // WIDTH:
            return bytes(end)
        found = self._fresh.get(place) or self._kept.get(place)
        return found if found is not None else self._checked(place)

    def pending(self) -> dict[Place, bytes]:
        """The tiles to keep: all that are new since, and every partial one."""
        ends = {place: bytes(self._ends[place.level]) for place, _ in partial_tiles(self.size)}
        return self._fresh | ends

    def _checked(self, place: Place) -> bytes:
        """A full tile that was kept, once it hashes to its place in the tile above."""
        found = self.fetch(place)
        at = place.number % WIDTH * HASH_SIZE
        if found is None or len(found) != FULL or _fold(found) != self.tile(place.above)[at : at + HASH_SIZE]:
            raise Damaged(f"tile {place.number} of level {place.level} is not the one that was kept")
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[place] = found
        return found

    def _add(self, level: int, index: int, digest: bytes) -> None:
        end = self._ends.setdefault(level, bytearray())
        end += digest
        if len(end) == FULL:
            full = bytes(end)
            self._fresh[Place(level, index // WIDTH)] = full
            end.clear()
            self._add(level + 1, index // WIDTH, _fold(full))


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


def _fold(hashes: bytes) -> bytes:
    """The hash over 1, 2, 4 … 256 hashes that stand side by side."""
    row = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]
