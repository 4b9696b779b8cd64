"""Which children were found where, since when and by whom, and who went missing there? (requirements §7, P9)

Row: one for each context of risk. Who first told of a child is a partner where a receipt says so, else this agency.
Whom a partner's decision about the context concerns here stands apart: they need not have been found there.
"""

from __future__ import annotations

from ledger import Reading
from projections import owing
from projections.contexts_report import show
from projections.fields import pick
from projections.knowledge_of import known_only
from projections.projection import Projection
from projections.registers import file_of
from projections.shown import microseconds
from projections.tables import Table, Tables

CONTEXT = Table(
    "contexts_context",
    ("context",),
    {"context": str, "kind": str, "position": int, "name": str},  # the name by the position that says it
)
SEEN = Table(
    "contexts_seen",
    ("context", "sort", "person"),
    {
        "context": str,
        "sort": str,  # child, adult
        "person": str,
        "first_us": int,
        "source": str,  # a partner; None for this agency
        "times": int,
        "position": int,
    },
)
EPISODE = Table(
    "contexts_episode",
    ("position",),
    {
        "position": int,
        "context": str,
        "file": str,
        "episode": str,
        "child": str,
        "state": str,
        "at_us": int,
        "from_us": int,
        "to_us": int,
    },
)
DECISION = Table(
    "contexts_decision",
    ("context", "position"),
    {
        "context": str,
        "position": int,
        "at_us": int,
        "decision": str,
        "receipt": str,
        "agency": str,
        "case_id": str,
        "children": list,
    },
)
SENDER = Table("contexts_sender", ("file", "receipt"), {"file": str, "receipt": str, "agency": str})
ALERT = owing.owing("contexts_alert")
DECIDE = ("CX-02",)
CHILD, ADULT = "child", "adult"


def apply(tables: Tables, reading: Reading) -> None:
    owing.note(tables, ALERT.name, reading, DECIDE)
    if reading.about.type == "context":
        tables.change(CONTEXT.name, reading.about.id)
    if reading.name in HANDLERS:
        HANDLERS[reading.name](tables, reading)


def _identified(tables: Tables, reading: Reading) -> None:
    row = tables.change(CONTEXT.name, reading.about.id)
    row["kind"], row["position"] = reading.data["kind"], reading.position
    row["name"] = f"{reading.position}:name"


def _children(tables: Tables, reading: Reading) -> None:
    data = reading.data
    sender = tables.find(SENDER.name, f"case:{data['case_id']}", data["receipt_id"]) if data["receipt_id"] else None
    for child in data["children"]:
        _seen(tables, reading, CHILD, child, sender["agency"] if sender else None)


def _adult(tables: Tables, reading: Reading) -> None:
    _seen(tables, reading, ADULT, reading.data["person"], None)


def _seen(tables: Tables, reading: Reading, sort: str, person: str, source: str | None) -> None:
    """By when they were first found there, which is not always what was recorded first."""
    at = microseconds(reading.data["seen_on"]) or reading.occurred_us
    row = tables.change(SEEN.name, reading.about.id, sort, person)
    row["times"] = (row["times"] or 0) + 1
    if row["first_us"] is None or at < row["first_us"]:
        row["first_us"], row["source"], row["position"] = at, source, reading.position


def _missing(tables: Tables, reading: Reading) -> None:
    data, about = reading.data, reading.about
    row = tables.add(EPISODE.name, reading.position)
    row["context"] = data["context_id"] or (about.id if about.type == "context" else None)
    row["file"], row["at_us"] = file_of(reading), reading.occurred_us
    row["episode"], row["child"], row["state"] = data["episode_id"], data["child"], data["state"]
    row["from_us"], row["to_us"] = microseconds(data["missing_from"]), microseconds(data["missing_to"])
    if row["context"] is not None:
        tables.change(CONTEXT.name, row["context"])


def _reviewed(tables: Tables, reading: Reading) -> None:
    data = reading.data
    row = tables.add(DECISION.name, reading.about.id, reading.position)
    row["at_us"], row["decision"], row["receipt"] = reading.occurred_us, data["decision_id"], data["receipt_id"]
    row["agency"], row["case_id"], row["children"] = data["agency"], data["file"], data["children"] or []


def _received(tables: Tables, reading: Reading) -> None:
    receipt, disclosure, provider = pick(reading, reading.name, "receipt_id", "disclosure_id", "provider")
    if receipt or disclosure:
        row = tables.change(SENDER.name, file_of(reading), receipt or disclosure)
        row["agency"] = (provider or {}).get("agency")


HANDLERS = {
    "ContextIdentified": _identified,
    "ChildAssociatedWithContext": _children,
    "AdultAssociatedWithContext": _adult,
    "MissingEpisodeRecorded": _missing,
    "ContextReviewed": _reviewed,
    "DisclosureReceived": _received,
}
PROJECTION = Projection(
    name="contexts",
    title="Contexts of risk: the children and adults found there, who went missing, the alert and what was decided",
    version=1,
    tables=(CONTEXT, SEEN, EPISODE, DECISION, SENDER, ALERT),
    events=frozenset(HANDLERS) | {"ReturnInterviewRecorded", "ExploitationConcernRecorded"},
    apply=apply,
    show=show,
    narrow=known_only,
    known=True,
)
