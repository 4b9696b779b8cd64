"""The agencies that this ledger trusts, in its folder `trust/`: for each what was decided (NAME.json) and its card.

NAME.json is a trust file like any other: the name is ours, the charter is pinned, and the head is the newest that was
seen of the agency, in its card or in what it sent. NAME.card says which ledger that is, and seals parcels to it. An
agency is trusted as long as its NAME.json stands there; whoever may write into the folder decides.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ledger.errors import IntegrityError, RuleSevenError, StorageError, UnknownId, UsageError
from ledger.folder import read_outside, sync_folder, write_secret
from ledger.ledger import Ledger
from ledger.trust import MAX_FILE, Card, Trust, read_card

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DECIDED, CARD = ".json", ".card"


class Partner(NamedTuple):
    """An agency that is trusted: under which name, how far, and its card."""

    name: str
    trust: Trust
    card: Card


class TrustFolder:
    """Whom the agency of a ledger trusts."""

    def __init__(self, ledger: Ledger) -> None:
        self._path = ledger.folder.trust
        self._ledger = ledger.id
        self._practice = ledger.practice

    @staticmethod
    def check_name(name: str) -> None:
        """`UsageError` for a name that could not name a file too."""
        if not NAME.fullmatch(name):
            raise UsageError("--as names a file too: letters, digits, dot, dash and underscore, at most 64")

    def all(self) -> list[Partner]:
        """Everyone, by name."""
        try:
            names = sorted(file.stem for file in self._path.glob(f"*{DECIDED}") if NAME.fullmatch(file.stem))
        except OSError as error:
            raise StorageError(f"{self._path} cannot be read: {error.strerror}.") from None
        return [self._read(name) for name in names]

    def get(self, name: str) -> Partner:
        """Whom we know by this name; `UnknownId` if nobody."""
        if not NAME.fullmatch(name) or not self._file(name, DECIDED).is_file():
            known = ", ".join(partner.name for partner in self.all()) or "nobody yet"
            raise UnknownId(
                f"You have not said whom you trust as {name[:64]!r} (trust add CARD --as NAME); known: {known}."
            )
        return self._read(name)

    def of(self, ledger: bytes) -> Partner | None:
        """Whose ledger has this id, if we trust them."""
        return next((partner for partner in self.all() if partner.card.ledger == ledger), None)

    def add(self, data: bytes, name: str) -> tuple[Partner, bool]:
        """Trust the agency of a card under this name, or take its newer card; whether it was trusted before.

        Raises `UsageError` for a name or an agency that is taken, for this ledger's own card, or an older one, or one
        of a practice ledger where this is none; `IntegrityError` for a card that contradicts what was seen before.
        """
        card = read_card(data)
        self.check_name(name)
        if card.ledger == self._ledger:
            raise UsageError("This is this ledger's own card: there is nothing to trust.")
        if card.practice is not self._practice:
            raise UsageError("A practice ledger trusts practice ledgers, and no others do.")
        before = self._read(name) if self._file(name, DECIDED).is_file() else None
        self._check_free(name, card, before)
        decided = card.trust(name) if before is None else _brought_up(before, card)
        self._write(self._file(name, CARD), data)
        self._write(self._file(name, DECIDED), decided.to_json().encode())
        return Partner(name, decided, card), before is not None

    def seen(self, partner: Partner, newest: Trust) -> None:
        """Note a newer head of a partner, and the changes of keys up to it, so that what contradicts it is noticed."""
        if newest.head is not None and (partner.trust.head is None or newest.head[0] > partner.trust.head[0]):
            self._write(self._file(partner.name, DECIDED), newest.to_json().encode())

    def remove(self, name: str) -> None:
        """Trust an agency no longer; `UnknownId` if it never was."""
        if not NAME.fullmatch(name) or not self._file(name, DECIDED).is_file():
            self.get(name)
        try:
            self._file(name, DECIDED).unlink()
            self._file(name, CARD).unlink(missing_ok=True)
            sync_folder(self._path)
        except OSError as error:
            raise StorageError(f"{self._file(name, DECIDED)} cannot be removed: {error.strerror}.") from None

    def _check_free(self, name: str, card: Card, before: Partner | None) -> None:
        if before is not None and before.card.charter != card.charter:
            raise UsageError(
                f"{name} is trusted here already, and this card is another agency's: {card.claims.name[:200]!r} has "
                f"another charter. Choose another name, or first remove the other (trust remove {name})."
            )
        held = self.of(card.ledger)
        if held is not None and held.name != name:
            raise UsageError(f"This agency is trusted here already, as {held.name}.")

    def _read(self, name: str) -> Partner:
        decided, kept = self._file(name, DECIDED), self._file(name, CARD)
        try:
            trust = Trust.load(decided)
            card = read_card(read_outside(kept, MAX_FILE, "too large to be a card"))
        except RuleSevenError as error:
            why = str(error).rstrip(".")
            raise type(error)(
                f"What {self._path.name}/ says of {name} cannot be used ({why}): remove it, and add it again."
            ) from None
        if trust.name != name or trust.accepts(card.charter) is not None:
            raise IntegrityError(
                f"{decided} and {kept.name} are not of one agency: trust remove {name}, and add it again."
            )
        return Partner(name, trust, card)

    def _file(self, name: str, suffix: str) -> Path:
        return self._path / f"{name}{suffix}"

    def _write(self, path: Path, data: bytes) -> None:
        """Whole and durable, in the place of an older one."""
        beside = path.with_name(f".{path.name}.new")
        try:
            with suppress(FileNotFoundError):
                beside.unlink()  # of one who was interrupted
            write_secret(beside, data)
            beside.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror}.") from None


def _brought_up(before: Partner, card: Card) -> Trust:
    """What is trusted once a newer card of the same agency is there; what it sent may have shown a newer head still."""
    card.check_follows(before.card, before.name)
    seen = before.trust.head or (0, b"")
    differs = seen[0] == card.head[0] and seen != card.head
    if differs or before.trust.contradicts(card.keys, card.head[0]) is not None:
        raise IntegrityError(f"This card of {before.name} contradicts what it sent before. Keep both.")
    return card.trust(before.name) if seen[0] < card.head[0] else before.trust
