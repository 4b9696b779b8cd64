"""Whom the words of a recipient may mean: restrictions name persons by id, and an extract may go to a name (EX-04).

A recipient is known by the id of a person of the files, as an agency, or by a card. Where it is none of these, its
words are held against the ids and names of the persons of the files: capitals, accents, titles and the order of words
count for nothing, a slip of the pen for little. Somebody who has no more than a like name is taken for that person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from ledger.ledger import Ledger
from ledger.procedure.declare import About
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.events.persons import PersonLinked
from ledger.procedure.rules.extract import forbidden
from ledger.procedure.state.case import Case

TITLES = frozenset({"the", "mr", "mrs", "ms", "miss", "mx", "dr", "sir", "lady", "for", "to", "of", "and"})
CLOSE, LONG_ENOUGH, LONGEST = 0.85, 5, 120  # how alike two names are to be taken for a slip, and how long
WHOLE = ExtractIssued()  # of whole files: every restriction in them counts


def known(ledger: Ledger, to: str, files: Sequence[About]) -> bool:
    """Whether a recipient is a person of these files by their id, or an agency that the ledger knows."""
    agency = ledger.agency()
    agencies = {agency.id, agency.name, *agency.partners}
    return to in agencies or any(to in ledger.file(about).case.persons for about in files)


def alike(ledger: Ledger, to: str, files: Sequence[About]) -> list[str]:
    """The persons of these files whose id or name the words of a recipient look like; none if it is known."""
    found: set[str] = set()
    if not to or known(ledger, to, files):
        return []
    for about in files:
        for reading in ledger.readings(about=about):
            event = reading.full_event() if reading.name == PersonLinked.__name__ else None
            if isinstance(event, PersonLinked) and any(
                _alike(to, name) for name in (event.person_id, event.name or "")
            ):
                found.add(event.person_id)
    return sorted(found)


def unmatched(ledger: Ledger, to: str, files: Sequence[About]) -> str | None:
    """What whoever gives an extract to somebody unknown is told, where restrictions on persons stand in its files."""
    if not to or known(ledger, to, files) or any(to in _agencies(ledger.file(about).case) for about in files):
        return None
    now = ledger.now()
    against = sorted({person for about in files for person in forbidden(WHOLE, ledger.world(about, now), now)})
    if not against:
        return None
    return (
        f"No person of these files has the id {to[:120]!r}, and no partner this name: it could not be held against the "
        f"restrictions in force on {', '.join(against)} (EX-04). If it goes to one of them, name them by their id."
    )


def _agencies(case: Case) -> set[str | None]:
    """The agencies with which a file has to do: to whom something was disclosed, and who disclosed something."""
    given = {to.agency for said in case.disclosures.values() for to in said.event.to}
    return given | {said.event.provider.agency for said in case.receipts if said.event.provider is not None}


def _alike(to: str, name: str) -> bool:
    theirs, named = _words(to), _words(name)
    if not theirs or not named:
        return False
    if set(theirs) <= set(named) or set(named) <= set(theirs):
        return True
    one, other = "".join(sorted(theirs)), "".join(sorted(named))
    # Ids that differ in a digit are two persons: only what has none may be a slip.
    names = all(text.isalpha() and LONG_ENOUGH <= len(text) <= LONGEST for text in (one, other))
    return "".join(theirs) == "".join(named) or (names and SequenceMatcher(None, one, other).ratio() >= CLOSE)


def _words(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return [word for word in re.findall(r"[^\W_]+", plain) if word not in TITLES]
