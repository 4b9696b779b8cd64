"""How are the persons of a case related, and where were they found together? (requirements §7, P19: genogram, ecomap)

Row: one relationship, as it was last recorded. Beside it stand the persons with their roles, who has parental
responsibility for whom, the contexts of risk in which they were found, and the agencies that work on the case.
"""

from __future__ import annotations

from ledger import Reading
from projections.projection import Projection
from projections.registers import file_of
from projections.relationships_report import show
from projections.shown import microseconds
from projections.tables import Table, Tables

PERSON = Table(
    "relationships_person",
    ("file", "person"),
    {"file": str, "person": str, "roles": list, "age_band": str, "lives_with": list, "said": list},  # `said`: positions
)
LINK = Table(
    "relationships_link",
    ("file", "person", "related"),
    {
        "file": str,
        "person": str,
        "related": str,
        "relationship": str,
        "began_on": str,
        "ended_on": str,
        "lives_together": bool,
        "position": int,
    },
)
RESPONSIBLE = Table(
    "relationships_responsible",
    ("file", "holder", "child"),
    {"file": str, "holder": str, "child": str, "basis": str, "from_on": str, "to_on": str, "position": int},
)
AGENCY = Table(
    "relationships_agency",
    ("file", "agency"),
    {"file": str, "agency": str, "involvement": str, "joined_us": int, "left_us": int, "position": int},
)
CONTEXT = Table("relationships_context", ("context",), {"context": str, "kind": str})
FOUND = Table(
    "relationships_found",
    ("context", "person"),
    {"context": str, "person": str, "sort": str, "first_us": int, "position": int},
)
CHILD, ADULT = "child", "adult"
OWN = ""  # the ledger's own agency, which a record need not name


def apply(tables: Tables, reading: Reading) -> None:
    HANDLERS[reading.name](tables, reading)


def _linked(tables: Tables, reading: Reading) -> None:
    """What is said again adds to the roles and replaces the rest, as in the case itself."""
    data, file = reading.data, file_of(reading)
    row = tables.change(PERSON.name, file, data["person_id"])
    row["roles"] = list(dict.fromkeys([*(row["roles"] or ()), *data["roles"]]))
    row["age_band"] = data["age_band"] or row["age_band"]
    row["lives_with"] = list(data["lives_with"] or row["lives_with"] or ())
    row["said"] = [*(row["said"] or ()), reading.position]
    given = data["pr"] or ()
    for part in [given] if isinstance(given, dict) else given:
        _responsible(tables, reading, part)


def _responsible(tables: Tables, reading: Reading, part: dict[str, str | None]) -> None:
    """Said of a child, it names the holder; said of the holder, the child; who is not named is who it is said of."""
    holder, child, person = part.get("holder"), part.get("child"), reading.data["person_id"]
    if holder or child:
        row = tables.change(RESPONSIBLE.name, file_of(reading), holder or person, child or person)
        row["basis"], row["position"] = part.get("basis"), reading.position
        row["from_on"], row["to_on"] = part.get("from"), part.get("to")


def _named(tables: Tables, reading: Reading) -> None:
    """Whom an application names belongs to it, linked or not."""
    data, file = reading.data, file_of(reading)
    roles = {
        "applicant": (data.get("applicant"),),
        "scheme_subject": (data["subject"],),
        "person_at_risk": (data["person_at_risk"],),
        "child": tuple(data["children"] or ()),
    }
    for role, persons in roles.items():
        for person in filter(None, persons):
            row = tables.change(PERSON.name, file, person)
            row["roles"] = list(dict.fromkeys([*(row["roles"] or ()), role]))
            row["said"] = [*(row["said"] or ()), reading.position]


def _related(tables: Tables, reading: Reading) -> None:
    data = reading.data
    row = tables.change(LINK.name, file_of(reading), data["person"], data["related_id"])
    for name in ("relationship", "began_on", "ended_on", "lives_together"):
        row[name] = data[name]
    row["position"] = reading.position


def _joined(tables: Tables, reading: Reading) -> None:
    row = tables.change(AGENCY.name, file_of(reading), reading.data["agency"] or OWN)
    row["involvement"] = reading.data["involvement"] or row["involvement"]
    row["joined_us"], row["left_us"], row["position"] = reading.occurred_us, None, reading.position


def _left(tables: Tables, reading: Reading) -> None:
    row = tables.change(AGENCY.name, file_of(reading), reading.data["agency"] or OWN)
    row["left_us"], row["position"] = reading.occurred_us, reading.position


def _identified(tables: Tables, reading: Reading) -> None:
    tables.change(CONTEXT.name, reading.about.id)["kind"] = reading.data["kind"]


def _children(tables: Tables, reading: Reading) -> None:
    for child in reading.data["children"]:
        _found(tables, reading, CHILD, child)


def _adult(tables: Tables, reading: Reading) -> None:
    _found(tables, reading, ADULT, reading.data["person"])


def _found(tables: Tables, reading: Reading, sort: str, person: str) -> None:
    """By when they were first seen there, which is not always what was recorded first."""
    at = microseconds(reading.data["seen_on"]) or reading.occurred_us
    row = tables.change(FOUND.name, reading.about.id, person)
    if row["first_us"] is None or at < row["first_us"]:
        row["sort"], row["first_us"], row["position"] = sort, at, reading.position


HANDLERS = {
    "PersonLinked": _linked,
    "SchemeApplicationReceived": _named,
    "SchemeReferralMade": _named,
    "RelationshipRecorded": _related,
    "AgencyJoinedCase": _joined,
    "AgencyLeftCase": _left,
    "ContextIdentified": _identified,
    "ChildAssociatedWithContext": _children,
    "AdultAssociatedWithContext": _adult,
}
PROJECTION = Projection(
    name="relationships",
    title="How persons are related: family, parental responsibility, contexts of risk, agencies",
    version=1,
    tables=(PERSON, LINK, RESPONSIBLE, AGENCY, CONTEXT, FOUND),
    events=frozenset(HANDLERS),
    apply=apply,
    show=show,
    args=("names", "case", "scheme"),
)
