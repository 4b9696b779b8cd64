"""Confidentiality: CF-01 to CF-03."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.events.case import Confidential
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import items, recipient_ids, sharing
from ledger.procedure.state.world import World

AUTHORISED = frozenset({"authorised_by_provider", "authorised_by_subject"})


def confidences(act: Act, world: World) -> Iterator[tuple[str, Confidential]]:
    """The items shared that were told in confidence."""
    for item_id, item in items(act, world):
        told = item.event.confidential
        if told:
            yield item_id, told if isinstance(told, Confidential) else Confidential()


@rule(
    "CF-01", "Q41 “Confidence is only breached where … not authorised … or there is no legal basis”", on=[DecisionMade]
)
def confidence_unjustified(act: Act, world: World) -> Concerns:
    decision = sharing(act)
    if decision is not None and decision.confidence_justification is None:
        yield from (Concern(item_id) for item_id, _ in confidences(act, world))


@rule("CF-02", "Q42 “a limited range of people or for limited purposes”", on=[DecisionMade])
def outside_understanding(act: Act, world: World) -> Concerns:
    decision = sharing(act)
    if decision is None or decision.override_reasons or decision.confidence_justification in AUTHORISED:
        return
    for item_id, told in confidences(act, world):
        people, purposes = set(told.understood_recipients), set(told.understood_purposes)
        outside = (people and not set(recipient_ids(act)) <= people) or (
            purposes and not set(decision.purposes) <= purposes
        )
        unstated = not people and not purposes
        if outside or (unstated and decision.confidence_justification == "within_understood_range_or_purpose"):
            yield Concern(item_id)


@rule("CF-03", "Q40 “of some sensitivity, which is not public knowledge, and … would not be shared”", on=[DecisionMade])
def tests_unrecorded(act: Act, world: World) -> Concerns:
    if sharing(act) is None:
        return
    for item_id, told in confidences(act, world):
        if None in (told.sensitive, told.not_public, told.understood_not_shared):
            yield Concern(item_id)
