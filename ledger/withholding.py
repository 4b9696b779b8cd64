"""What an exporter takes out of an extract: a record, or a field of one, for a reason, as they write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ledger.errors import UnknownId, UsageError
from ledger.procedure.declare import WORDS, WORDS_TOLD
from ledger.proof.fields import ABOUT, ACTOR, COMMAND, JUDGEMENT, WHEN
from ledger.reading import Reading

ENVELOPE = {"command": COMMAND, "about": ABOUT, "actor": ACTOR, "when": WHEN, "judgement": JUDGEMENT}
_FORM = re.compile(r"([1-9][0-9]{0,14})(?::([A-Za-z_]{1,64}))?(?:=([A-Za-z_]{0,80}))?")


@dataclass
class Withholding:
    """For each position, why it is withheld as a whole (under None) or which of its fields are."""

    said: Mapping[int, Mapping[str | None, str]] = field(default_factory=dict)
    _used: set[int] = field(default_factory=set)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Withholding:
        """From texts like ``12=third_party`` and ``12:content=serious_harm``; the reason may be missing."""
        said: dict[int, dict[str | None, str]] = {}
        for text in texts:
            if (found := _FORM.fullmatch(text)) is None:
                raise UsageError(
                    f"{text[:80]} is not POSITION=REASON or POSITION:FIELD=REASON, for example 12:content=third_party."
                )
            fields = said.setdefault(int(found[1]), {})
            if found[2] in fields:
                raise UsageError(f"{text.split('=')[0]} is withheld twice.")
            fields[found[2]] = found[3] or ""
        return cls(said)

    def whole(self, reading: Reading) -> str | None:
        """Why all of a record is withheld; None where it is not."""
        why = self.said.get(reading.position, {}).get(None)
        self._used |= set() if why is None else {reading.position}
        return why

    def of(self, reading: Reading, needed: AbstractSet[str] = frozenset()) -> dict[int, str]:
        """What is withheld of a record: why, by index. `needed`: what the recipient of a notice must have.

        Raises `UsageError` for a field that it does not have, or that is needed.
        """
        said = self.said.get(reading.position)
        if said is None:
            return {}
        self._used.add(reading.position)
        found: dict[int, str] = {}
        if None in said:
            found = dict.fromkeys(range(COMMAND, len(reading.leaves)), said[None])
        for name, reason in said.items():
            if name is not None:
                found |= dict.fromkeys(_indexes(reading, name), reason)
        fields = reading.declared.fields if reading.declared is not None else ()
        if kept := [field.name for field in fields if field.name in needed and field.index in found]:
            raise UsageError(
                f"Record {reading.position} ({reading.name}): {', '.join(kept)} cannot be withheld from a notice: "
                "without that its recipient's ledger does not take it in, or not under the limits that you set."
            )
        return found

    def check_used(self) -> None:
        """Raise `UnknownId` for a position that is none of those shown."""
        if unused := sorted(self.said.keys() - self._used):
            raise UnknownId(f"Record {unused[0]} is not part of this extract: nothing of it can be withheld.")


NOTHING = Withholding()


def _indexes(reading: Reading, name: str) -> list[int]:
    """Where a field lies; free text is withheld together, whichever field of the event it is of."""
    if name in ENVELOPE:
        return [ENVELOPE[name]]
    kind = reading.declared
    fields = {one.name: one.index for one in kind.fields} if kind else {}
    lists = {name} & fields.keys()
    if kind is not None and name in kind.prose:
        lists |= _said_in(reading, name) or {WORDS_TOLD if name in kind.told else WORDS}
    if not lists:
        known = ", ".join([*fields, *ENVELOPE])
        raise UsageError(f"Record {reading.position} ({reading.name}) has no field {name}. It has: {known}.")
    return sorted(fields[one] for one in lists)


def _said_in(reading: Reading, name: str) -> set[str]:
    """The lists that hold free text of a field, as far as they can be opened."""
    full = reading.full()
    lists = ((one, full.get(one)) for one in (WORDS, WORDS_TOLD))
    return {one for one, texts in lists if isinstance(texts, list) and any(path[0] == name for path, _ in texts)}
