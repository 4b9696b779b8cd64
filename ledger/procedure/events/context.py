"""A context of risk (a place, a group, a vehicle …) and the children found there, over all cases of the agency."""

from __future__ import annotations

from typing import Annotated

from ledger.procedure.declare import Code, Count, Day, Event, Id, Name, Text, Time, Vocabulary, Words, kind, sealed
from ledger.procedure.events.vocabulary import OtherCase, OtherContext, Somebody

ON_CONTEXT = ("context",)
ON_CASE_OR_CONTEXT = ("case", "context")

ContextKind = Annotated[Code, Vocabulary("context_kinds")]
MissingState = Annotated[Code, Vocabulary("missing_states")]
ExploitationKind = Annotated[Code, Vocabulary("exploitation_kinds")]


@kind("context/ContextIdentified/1", on=ON_CONTEXT, opens=True)
class ContextIdentified(Event, frozen=True, kw_only=True):
    """A place, venue, online space, group, vehicle or business was seen to matter to the safety of children."""

    kind: ContextKind | None = None
    name: Annotated[Text | None, sealed("stream")] = None
    area: Name | None = None
    concern: Words | None = None


@kind("context/ChildAssociatedWithContext/1", on=ON_CONTEXT)
class ChildAssociatedWithContext(Event, frozen=True, kw_only=True):
    """Children were found to be associated with a context; `receipt_id` where a partner's disclosure says so."""

    children: tuple[Somebody, ...]  # `child` says the same of one
    case_id: OtherCase | None = None
    receipt_id: Id | None = None
    seen_on: Day | None = None
    how: Words | None = None


@kind("context/AdultAssociatedWithContext/1", on=ON_CONTEXT)
class AdultAssociatedWithContext(Event, frozen=True, kw_only=True):
    """An adult was found to be associated with a context."""

    person: Somebody  # `adult` says the same
    case_id: OtherCase | None = None
    seen_on: Day | None = None
    how: Words | None = None


@kind("context/MissingEpisodeRecorded/1", on=ON_CASE_OR_CONTEXT)
class MissingEpisodeRecorded(Event, frozen=True, kw_only=True):
    """A child is at risk of going missing, or was missing from one time to another."""

    episode_id: Id | None = None
    child: Somebody
    state: MissingState | None = None
    missing_from: Time | None = None  # `from` and `to` say the same
    missing_to: Time | None = None
    context_id: OtherContext | None = None
    return_interview: bool | None = None  # offered or held; a text here is taken as what follows
    return_interview_notes: Words | None = None
    found_where: Words | None = None
    circumstances: Words | None = None


@kind("context/ReturnInterviewRecorded/1", on=ON_CASE_OR_CONTEXT)
class ReturnInterviewRecorded(Event, frozen=True, kw_only=True):
    """What a child said after coming back, to somebody who is not the carer or the police."""

    episode_id: Id | None = None
    child: Somebody
    by: Id | None = None
    offered: bool | None = None
    accepted: bool | None = None
    said: Words | None = None


@kind("context/ExploitationConcernRecorded/1", on=ON_CASE_OR_CONTEXT)
class ExploitationConcernRecorded(Event, frozen=True, kw_only=True):
    """There is concern that a child is exploited."""

    child: Somebody
    kind: ExploitationKind | None = None
    context_id: OtherContext | None = None
    persons: tuple[Somebody, ...] = ()
    concern: Words | None = None


@kind("context/ContextReviewed/1", on=ON_CONTEXT)
class ContextReviewed(Event, frozen=True, kw_only=True):
    """It was decided what to do about a context: by a decision that names it, here or at the partner who told of it."""

    decision_id: Id | None = None
    file: OtherCase | None = None  # the case in which the decision stands
    receipt_id: Id | None = None
    agency: Name | None = None  # whose decision, where it is a partner's
    children: tuple[Somebody, ...] = ()  # whom the decision names, or the receipt concerns
    episodes: tuple[Id, ...] = ()  # the missing episodes that its items tell of
    children_known: Count | None = None
    outcome: Words | None = None
