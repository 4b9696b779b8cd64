"""Figures of what was shared: on which basis, how soon, how safely, and who was told (K6, K8 to K12, K15, K17, K21)."""

from __future__ import annotations

from collections.abc import Iterator

from projections.kpis_facts import MADE, Counted, Facts, Measure
from projections.kpis_subject import said
from projections.owing import ended_late, is_open
from projections.registers import hours
from projections.tables import Row

ON_CONSENT = frozenset({"6(a)", "9(a)"})
NOT_COVERED, AFTER_WITHDRAWAL = ("LB-04", "CN-12"), ("CN-12",)
WITHOUT_CONSENT = frozenset({"refused", "not_sought", "withdrawn"})
NO_ARTICLE_9 = frozenset({"LB-02", "LB-11", "LB-12", "LB-13", "LB-14", "LB-15", "LB-16", "LB-17a", "LB-18"})
NO_POLICY_DOCUMENT, NOT_APPROVED, LEFT_OUT, TOO_LATE = ("LB-17b",), ("SE-01", "SE-02"), ("SX-01",), ("TM-01",)
RECEIVED_LATE, LOST_ON_THE_WAY = ("RC-06",), ("RC-03", "RC-05")
SHARES = ("share", "part")


def known_to_shared(facts: Facts) -> Iterator[Counted]:
    """Each recorded item of each disclosure, from when it was known here; `hit`: within the limit of its risk."""
    for act in facts.of(MADE):
        decision = facts.decision_of(act)
        for item in said(act).get("items") or said(decision or act).get("items") or ():
            known = facts.items.get((act["file"], item))
            if known is not None:
                risk = said(decision).get("risk") if decision else None
                passed = hours(min(said(known)["known_us"], act["at_us"]), act["at_us"])
                in_time = not facts.found(act, TOO_LATE, item)
                yield Counted(act, f"{act['name']} {item}", in_time, act["at_us"], passed, (risk or "not_said",))


def on_consent(facts: Facts) -> Iterator[Counted]:
    for act in facts.disclosures:
        if ON_CONSENT & set(said(act).get("conditions", ())):
            yield _counted(act, hit=not facts.found(act, NOT_COVERED))


def after_withdrawal(facts: Facts) -> Iterator[Counted]:
    for act in facts.disclosures:
        yield _counted(act, hit=facts.found(act, AFTER_WITHDRAWAL))


def told_of_withdrawal(facts: Facts) -> Iterator[Counted]:
    yield from facts.kept("CN-14")


def deleted(facts: Facts) -> Iterator[Counted]:
    """Deletion confirmed, or declined on another basis, in time or late."""
    for row in facts.owed("CN-13"):
        yield facts.due(row, hit=not is_open(row))


def recipient_advised(facts: Facts) -> Iterator[Counted]:
    """That there is no consent: the recipient was told, then or later, or there is a reason not to."""
    later = {(act["file"], act["name"]) for act in facts.of("RecipientAdvisedOfConsentPosition")}
    for act in facts.of(MADE):
        decision = facts.decision_of(act)
        states = said(decision).get("positions", {}).values() if decision else ()
        if WITHOUT_CONSENT & set(states) and not set(said(act).get("conditions", ())) <= ON_CONSENT:
            yield _counted(act, hit=said(act).get("advised", False) or (act["file"], act["name"]) in later)


def received_in_time(facts: Facts) -> Iterator[Counted]:
    for act in facts.of("DisclosureReceived"):
        yield _counted(act, hit=not facts.found(act, RECEIVED_LATE))


def confirmed_in_time(facts: Facts) -> Iterator[Counted]:
    """What was never meant for a recipient is owed no receipt."""
    for row in facts.owed("RC-06"):
        if row["ended_with"] in (None, "ReceiptConfirmed"):
            yield facts.due(row, hit=not is_open(row) and not ended_late(row))


def lost_on_the_way(facts: Facts) -> Iterator[Counted]:
    for act in facts.of("DisclosureReceived"):
        yield _counted(act, hit=facts.found(act, LOST_ON_THE_WAY))


def special_category(facts: Facts) -> Iterator[Counted]:
    """Disclosures under the UK GDPR of items that hold special category data."""
    for act in facts.of(MADE):
        items = said(act).get("items") or said(facts.decision_of(act) or act).get("items") or ()
        held = (facts.items.get((act["file"], item)) for item in items)
        if any(item and said(item).get("special") for item in held) and "Part 3" not in said(act).get("conditions", ()):
            yield _counted(act, hit=not facts.found(act, NO_ARTICLE_9))


def policy_document(facts: Facts) -> Iterator[Counted]:
    for act in facts.of(MADE):
        if "9(g)" in said(act).get("conditions", ()):
            yield _counted(act, hit=not facts.found(act, NO_POLICY_DOCUMENT))


def insecure(facts: Facts) -> Iterator[Counted]:
    for act in facts.disclosures:
        yield _counted(act, hit=facts.found(act, NOT_APPROVED))


def breach_reported(facts: Facts) -> Iterator[Counted]:
    """What turned out not to be reportable is not owed; what is still to be considered is."""
    for row in facts.owed("regulator_report"):
        if row["ended_with"] in (None, "PersonalDataBreachReportedToRegulator"):
            yield facts.due(row, hit=not is_open(row) and not ended_late(row))


def whole_secure_estate(facts: Facts) -> Iterator[Counted]:
    """Decisions to share about a child who is held away from home, each time one was taken."""
    left_out = {(act["file"], said(act).get("decision")) for act in facts.of(MADE) if facts.found(act, LEFT_OUT)}
    for taken in facts.taken.values():
        for act in taken:
            if said(act).get("outcome") in SHARES and any(one.held for one in facts.subjects(act)):
                missed = facts.found(act, LEFT_OUT) or (act["file"], act["name"]) in left_out
                yield Counted(act, act["name"], not missed, act["at_us"])


def _counted(act: Row, *, hit: bool) -> Counted:
    return Counted(act, act["name"] or act["event"], bool(hit), act["at_us"])


MADE_ALL, RECEIVED = "disclosures", "disclosures received"
MEASURES = (
    Measure("K6", "", "items shared within the limit of their risk", "items shared", known_to_shared, "all", "risk"),
    Measure("K8", "", "with live consent that covers them", "disclosures that rest on consent", on_consent, "all"),
    Measure("K9", "", "disclosures made on a withdrawn consent", MADE_ALL, after_withdrawal, "none"),
    Measure("K10", "told", "recipients told in time", "recipients to tell of a withdrawal", told_of_withdrawal, "all"),
    Measure("K10", "deleted", "deletions confirmed or declined", "deletions that fell due", deleted, "all"),
    Measure("K11", "", "recipient told so, or a reason not to", "without consent", recipient_advised, "all"),
    Measure("K12", "own", "receipts recorded in time", RECEIVED, received_in_time, "all"),
    Measure("K12", "partners", "receipts confirmed in time", "receipts owed by recipients", confirmed_in_time, "all"),
    Measure("K12", "lost", "receipts that lost a restriction or lack of consent", RECEIVED, lost_on_the_way, "none"),
    Measure("K15", "Article 9", "with a condition that holds", "special category disclosed", special_category, "all"),
    Measure("K15", "document", "with a policy document", "disclosures under 9(g)", policy_document, "all"),
    Measure("K17", "methods", "by a method that is not approved or not secure", MADE_ALL, insecure, "none"),
    Measure("K17", "breaches", "reported within 72 hours", "breaches to report", breach_reported, "all"),
    Measure("K21", "", "nobody responsible left out", "children held away from home", whole_secure_estate, "all"),
)
