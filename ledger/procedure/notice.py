"""What a sender's record of a disclosure says to its recipient: as much as the recipient needs to hold its own against.

The recipient's `DisclosureReceived` carries it as its `notice`, so that both sides can find a restriction or a word
about consent that was dropped on the way (R0.9).
"""

from __future__ import annotations

from collections.abc import Collection

from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade, Notice, RecipientAdvisedOfConsentPosition
from ledger.procedure.state.case import Case

CONSENTED = frozenset({"given", "not_applicable"})


def notice_of(disclosure: DisclosureMade, case: Case) -> Notice:
    """What the recipient of a disclosure may be told of it, as the sender's file has it now.

    Whether there was consent is left out unless the sender told the recipient: it may have had reasons not to.
    """
    decision = carried_out(disclosure, case)
    return Notice(
        without_consent=_without_consent(decision) if _advised(disclosure, case) else None,
        restrictions=disclosure.restrictions,
        made_at=disclosure.when,
        context_ids=disclosure.what.context_ids if disclosure.what is not None else (),
        contexts_decided=decision.context_ids if decision is not None else (),
        relies_on=disclosure.relies_on,
    )


def carried_out(disclosure: DisclosureMade, case: Case) -> DecisionMade | None:
    """The decision as it was when it was carried out; it may have been taken again since."""
    taken = case.decisions.get(disclosure.decision_id or "")
    if taken is None:
        return None
    then = (was.event for was in taken.history() if disclosure.when is None or was.at <= disclosure.when)
    return next(then, taken.event)


def _advised(disclosure: DisclosureMade, case: Case) -> bool:
    """Whether the recipient was told where consent stood, with the disclosure or since."""
    advice = disclosure.consent_advice_to_recipient
    told: Collection[RecipientAdvisedOfConsentPosition] = [said.event for said in case.told]
    since = any(event.disclosure_id == disclosure.disclosure_id for event in told)
    return since or (advice is not None and advice.advised is True)


def _without_consent(decision: DecisionMade | None) -> bool | None:
    """Whether anybody's consent was lacking; None where nobody's position was said."""
    positions = decision.data_subjects.values() if decision is not None else ()
    states = [position.state for position in positions if position is not None and position.state is not None]
    return any(state not in CONSENTED for state in states) if states else None
