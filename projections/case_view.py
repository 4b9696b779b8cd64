"""One case or scheme application as it is shown: its parts opened, with where it stands by the procedure's own fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ledger import About, File, Finding, Reading, london, scorecard
from projections.arguments import no_file
from projections.knowledge_of import known_only
from projections.obligations_report import open_of
from projections.projection import Answer, Asked
from projections.scheme_view import scheme_view
from projections.shown import Tree, over, tree_of, when
from projections.tables import Row, Tables

KINDS = ("case", "scheme")
PLAIN_SORTS = ("information", "consent_positions", "requests", "advice", "disclosures", "receipts", "notes")
DECISIONS = frozenset({"DecisionMade", "DecisionReconsidered"})
SHARED_IN_PART, WITHHELD = "part", "withhold"


def narrow(asked: Asked) -> Iterator[Reading] | None:
    """One file needs that file's records alone, at whatever time."""
    if _wanted(asked.args) is None:
        return known_only(asked)
    about = _found(asked)
    return iter(()) if about is None else _records(asked, about)


def show(tables: Tables, asked: Asked) -> Answer:
    """One file, or the list of all; `UnknownId` for a file that is not there (yet)."""
    wanted = _wanted(asked.args)
    if wanted is None:
        return _files(tables)
    about = _found(asked)
    if about is None:
        raise no_file(wanted, asked.until)
    row = tables.find("case_file", *about) or dict.fromkeys(("opened_us", "closed_us"))  # nobody may have known of it
    readings = {reading.position: reading for reading in _records(asked, about)}
    parts: dict[str, list[Row]] = {}
    for part in sorted(tables.rows("case_part", type=about.type, id=about.id), key=lambda part: part["position"]):
        parts.setdefault(part["sort"], []).append(part)
    return FileView(about, row, asked, readings, parts).shown()


class FileView:
    """One file on its way to being shown."""

    def __init__(
        self, about: About, row: Row, asked: Asked, readings: Mapping[int, Reading], parts: Mapping[str, list[Row]]
    ) -> None:
        self.about, self.row, self.asked, self.readings, self.parts = about, row, asked, readings, parts
        self._own = asked.args.get("as_known_by") in (None, asked.ledger.agency_id)
        self.file = File(about)
        self.events: dict[int, Any] = {}
        for reading in readings.values():
            entry = reading.entry()
            self.events[reading.position] = entry.event
            # An agency may have known of an act before it knew of what that refers to.
            with suppress(*(KeyError,) if asked.args.get("as_known_by") else ()):
                self.file.fold(entry)

    def shown(self) -> Answer:
        decisions = [self._decision(part) for part in self.parts.get("decisions", ())]
        disclosures, receipts = self.of("disclosures"), self.of("receipts")
        answer = {
            self.about.type: self.about.id,
            "state": self.file.scheme.state if self.about.type == "scheme" else self._state(),
            "opened_at": when(self.row["opened_us"]),
            "closed_at": when(self.row["closed_us"]),
            "persons": [self._person(part) for part in self.parts.get("persons", ())],
            "consents": [self._consent(part) for part in self.parts.get("consents", ())],
            "decisions": decisions,
            **{sort: self.of(sort) for sort in PLAIN_SORTS},
            "withheld": [w for d in decisions for w in self._withheld(d)],
            "informing": self.of("informing")
            + [
                {"decision_id": d["decision_id"], **line, "position": d["position"]}
                for d in decisions
                for line in d.get("informing") or ()
            ],
            "restrictions": self.of("restrictions")
            + [
                {name: d.get(name) for name in ("disclosure_id", "receipt_id") if name in d}
                | {**line, "position": d["position"]}
                for d in disclosures + receipts + self.of("deliveries")
                for line in d.get("restrictions") or ()
            ],
        }
        if self.about.type == "scheme":
            answer |= scheme_view(self)
        answer["obligations"] = open_of(self.asked, self.file.owed)
        answer["findings"] = [line for reading in self.readings.values() for line in self.found(reading)]
        told = {p for some in self.parts.values() for part in some for p in (part["position"], *(part["later"] or ()))}
        answer["chronology"] = [
            _entry(r, self.found(r)) | ({} if p in told else {"said": tree_of(r)}) for p, r in self.readings.items()
        ]
        return answer

    def of(self, sort: str) -> list[Tree]:
        """The parts of one sort, in the order in which they were recorded."""
        return [self.part(part) for part in self.parts.get(sort, ())]

    def part(self, part: Row) -> Tree:
        """A part as first said, with what was said of it later."""
        tree = self.said(part["position"])
        if later := [self.said(position) for position in part["later"] or ()]:
            tree["later"] = later
        return tree

    def said(self, position: int) -> Tree:
        """What one record says, opened, with which event it is, when it happened and what was found of it."""
        reading = self.readings[position]
        tree = {"event": reading.name, "at": london(reading.occurred_at), "position": position, **tree_of(reading)}
        if found := self.found(reading):
            tree["findings"] = found
        return tree

    def found(self, reading: Reading) -> list[Tree]:
        """What was found of a record; a partner knows nothing of that."""
        return [_finding(finding, reading.position) for finding in reading.findings] if self._own else []

    def _state(self) -> str | None:
        return ("open" if self.row["closed_us"] is None else "closed") if self.readings else None

    def _person(self, part: Row) -> Tree:
        """A person as everything said of them together has it; what was said last stands, roles add up."""
        person: Tree = {}
        for position in (part["position"], *(part["later"] or ())):
            said = self.said(position)
            if said["event"] == "PersonLinked":
                roles = [*person.get("roles", ()), *said.get("roles", ())]
                person |= {**said, "roles": list(dict.fromkeys(roles))}
            else:
                person.setdefault("later", []).append(said)
        person["age"] = _age(person.get("dob"), self.asked)
        return person

    def _consent(self, part: Row) -> Tree:
        consent = self.part(part)
        held = self.file.case.consents.get(part["ref"])
        consent["status"] = held.state(self.asked.now) if held else None
        return consent

    def _decision(self, part: Row) -> Tree:
        """A decision with its scorecard: how the golden rules were kept by it and by what carried it out."""
        taken = [p for p in (part["position"], *(part["later"] or ())) if self.readings[p].name in DECISIONS]
        if not taken:
            return self.part(part)
        found = [*self.readings[taken[-1]].findings]
        for reading in self.readings.values():
            if reading.name == "DisclosureMade" and reading.data.get("decision_id") == part["ref"]:
                found += reading.findings
        scores = [s._asdict() | {"because": list(s.because)} for s in scorecard(self.events[taken[-1]], found)]
        return self.part(part) | {"golden_rules": scores}

    def _withheld(self, decision: Tree) -> Iterator[Tree]:
        if decision.get("outcome") in (WITHHELD, SHARED_IN_PART):
            said = decision.get("if_withheld") or {}
            yield {
                "decision_id": decision.get("decision_id"),
                "items": decision.get("items") or [],
                "reasons": decision.get("reasons"),
                **said,
                "review_overdue": over(said.get("review_on"), self.asked.now),
                "position": decision["position"],
            }


def _finding(finding: Finding, position: int) -> Tree:
    return {
        "rule": finding.rule,
        "level": finding.level,
        "edition": finding.edition,
        "about": list(finding.about),
        "message": finding.message,
        "external": finding.external,
        "position": position,
    }


def _entry(reading: Reading, found: Iterable[Tree]) -> Tree:
    """One line of the chronology; what was said stands with its part, or here where it belongs to none."""
    actor = reading.actor
    return {
        "position": reading.position,
        "event": reading.name,
        "occurred_at": london(reading.occurred_at),
        "known_at": london(reading.known_at),
        "recorded_at": london(reading.recorded_at),
        "actor": {"staff_ref": actor.staff_ref, "role": actor.role} if actor else None,
        "mode": reading.mode,
        "findings": [f"{finding['level']} {finding['rule']}" for finding in found],
        "hash": reading.hash.hex(),
    }


def _files(tables: Tables) -> Answer:
    rows = [
        {
            row["type"]: row["id"],
            "opened_at": when(row["opened_us"]),
            "closed_at": when(row["closed_us"]),
            "records": row["records"],
            **(row["counts"] or {}),
            "last_position": row["last_position"],
        }
        for row in tables.rows("case_file")
    ]
    open_ = sum(row["closed_at"] is None for row in rows)
    return {"rows": rows, "totals": {"files": len(rows), "open": open_, "closed": len(rows) - open_}}


def _wanted(args: Mapping[str, Any]) -> Sequence[About] | None:
    """Which file is asked for: by `case` or `scheme`, or by `id` whichever of them it is; None for the list."""
    if (scheme := args.get("scheme")) is not None:
        return [About("scheme", scheme)]
    name = args.get("case") or args.get("id")
    return None if name is None else [About(kind, name) for kind in KINDS]


def _found(asked: Asked) -> About | None:
    """The file that is asked for, if it has records as far as the question reaches."""
    return next((about for about in _wanted(asked.args) or () if any(True for _ in _stream(asked, about))), None)


def _records(asked: Asked, about: About) -> Iterator[Reading]:
    """The file's records, as far as the question reaches."""
    readings = known_only(asked, lambda: _stream(asked, about))
    return _stream(asked, about) if readings is None else readings


def _stream(asked: Asked, about: About) -> Iterator[Reading]:
    readings = asked.ledger.readings(about=about, until=asked.until)
    return (reading for reading in readings if reading.position <= asked.place.position)


def _age(dob: Any, asked: Asked) -> int | None:
    """Whole years at the time asked, in London; None if the date of birth is not known or cannot be opened."""
    if not isinstance(dob, str) or len(dob) != 10:
        return None
    today = london(asked.now)[:10]
    return int(today[:4]) - int(dob[:4]) - (today[5:] < dob[5:])
