"""`review show --out FILE`: a review as a document, a picture or rows, and its key in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.out import Out, told

if TYPE_CHECKING:
    from cli.documents.model import Picture
    from ledger import Ledger, OpenSource, Reading

Answer = Mapping[str, Any]
DRAWN = {"chronology": "chronology", "knowledge": "knowledge"}


def write_out(ledger: Ledger, opened: Sequence[OpenSource], found: Answer, out: Out, key: Answer | None) -> None:
    """Write the answer into the file, and the key into another; nothing before all of it is made."""
    from cli.documents.files import rendered, store
    from cli.documents.review import key_document, marking_of, review_document
    from cli.documents.views import Source

    source = Source(f"{ledger.charter.name} ({ledger.agency_id})", ledger.practice, out.marking, ledger.now())
    source = source._replace(marking=marking_of(found, out.marking))
    made: dict[Path, bytes] = {}
    if out.file.suffix.lower() == ".csv":
        made[out.file] = _rows(found, practice=ledger.practice)
    elif out.file.suffix.lower() == ".svg":
        made[out.file] = _picture(ledger, opened, found, alone=True).svg.encode()
    else:
        pictures = [_picture(ledger, opened, found)] if out.file.suffix.lower() == ".html" and _drawn(found) else []
        made[out.file] = rendered(review_document(found, source, pictures), out.file)
    if out.key is not None and key is not None:
        made[out.key] = rendered(key_document(key, source), out.key)
    store(made)
    told(list(made), made[out.file])


def _rows(found: Answer, *, practice: bool) -> bytes:
    from cli.delimited import rows_of, separated
    from ledger.errors import UsageError

    if "part" not in found:
        raise UsageError("A .csv holds the rows of one part: name it with --part")
    mark = {"unverified": True} if found["unverified"] else {}
    rows = [{**row, **mark} for row in rows_of(found, "rows", practice=practice)]
    return separated(rows, ",").encode()


def _drawn(found: Answer) -> bool:
    return "parts" in found or found["part"] in DRAWN


def _picture(ledger: Ledger, opened: Sequence[OpenSource], found: Answer, *, alone: bool = False) -> Picture:
    """The timeline with a lane for each agency; of the knowledge matrix, how long until it was shared."""
    from cli.documents.drawn import picture_of
    from cli.documents.files import office
    from ledger.errors import UsageError

    if not _drawn(found):
        raise UsageError(f"The part {found['part']} has no picture; these have one: {', '.join(DRAWN)}")
    name = found.get("part", "chronology")
    part = found if "part" in found else found["parts"]["chronology"]
    mark = " · NOT VERIFIED" if found["unverified"] else ""
    rows = _with_parties(part["rows"], opened) if name == "chronology" else part["rows"]
    with office():
        return picture_of(
            DRAWN[name], {**part, "rows": rows}, f"review {found['review']}{mark}", ledger.now(), alone=alone
        )


def _with_parties(rows: Sequence[Answer], opened: Sequence[OpenSource]) -> list[dict[str, Any]]:
    """The rows that say when they happened, with whom a disclosure went to and who sent what was received."""
    readings: dict[tuple[str, int], Reading] = {
        (one.source.agency, reading.position): reading for one in opened for reading in one.readings
    }
    found: list[dict[str, Any]] = []
    for row in rows:
        if row["occurred_at"]:
            reading = readings[row["agency"], row["position"]]
            withheld = any(isinstance(reading.data.get(field), str) for field in ("to", "provider"))
            found += [dict(row)] if withheld else _one_with_parties(row, reading)
    return found


def _one_with_parties(row: Answer, reading: Reading) -> list[dict[str, Any]]:
    from cli.documents.drawn import with_parties

    return [dict(one) for one in with_parties([row], lambda _: reading)]
