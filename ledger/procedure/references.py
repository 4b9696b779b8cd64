"""The references of an act: what it names must exist, and what it leaves unsaid is completed from what it names.

Persons, items, consents, decisions and requests are looked for in the act's own file; agencies, staff and recipients
are the caller's own names and need not be registered. An item may also be named by a kind of information
(``attendance``) when it was never recorded by itself.
"""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import replace
from typing import Any, TypeVar

from ledger.errors import Malformed, UnknownId
from ledger.procedure.admission import admit, check_start
from ledger.procedure.clock import until
from ledger.procedure.command import FACT, STREAM_KEYS, Command
from ledger.procedure.dates import check_dates
from ledger.procedure.declare import DayMark, Defines, Payload, Refers, changed, marked
from ledger.procedure.edition import moment
from ledger.procedure.events.accountability import (
    ComplaintReceived,
    PersonalDataBreachReportedToRegulator,
    SubjectRequestAnswered,
    SubjectRequestClockResumed,
    SubjectRequestClockStopped,
    SubjectRequestReceived,
)
from ledger.procedure.events.agency import (
    AgreementReviewed,
    LocalParameterSet,
    PolicyEditionAdopted,
    PolicyEditionRegistered,
)
from ledger.procedure.events.case import AdviceReceived, InformationRecorded
from ledger.procedure.events.consent import ConsentGiven, ConsentRenewed, ConsentWithdrawn
from ledger.procedure.events.decision import DecisionMade, DecisionReconsidered
from ledger.procedure.events.disclosure import (
    DisclosureMade,
    DisclosureMisdirected,
    DisclosureReceived,
    OnwardDisclosureRecorded,
    Sender,
)
from ledger.procedure.events.persons import PersonInformed, PrivacyInformationGiven
from ledger.procedure.events.undertaking import SchemeDisclosureDelivered, WarningGiven
from ledger.procedure.positions import consents_relied_on
from ledger.procedure.stages import of_scheme
from ledger.procedure.state.undertaking import imposed
from ledger.procedure.state.world import World

# Where an event says itself when it happened.
OWN_TIME: dict[type[Payload], str] = {
    AdviceReceived: "received_at",
    AgreementReviewed: "reviewed_at",
    ComplaintReceived: "received_at",
    ConsentGiven: "given_at",
    ConsentRenewed: "given_at",
    DisclosureMade: "when",
    DisclosureMisdirected: "when",
    DisclosureReceived: "received_at",
    OnwardDisclosureRecorded: "when",
    PersonInformed: "informed_at",
    PersonalDataBreachReportedToRegulator: "reported_at",
    PrivacyInformationGiven: "given_at",
    SubjectRequestAnswered: "answered_at",
    SubjectRequestClockResumed: "resumed_at",
    SubjectRequestClockStopped: "stopped_at",
    SubjectRequestReceived: "received_at",
}
MADE_BY = {
    "person": "PersonLinked",
    "item": "InformationRecorded",
    "consent": "ConsentGiven",
    "decision": "DecisionMade",
    "disclosure": "DisclosureMade",
    "request": "InformationRequested",
    "advice": "AdviceSought",
    "receipt": "DisclosureReceived",
    "refusal": "UndertakingRefused",
    "breach": "PersonalDataBreachRecorded",
    "complaint": "ComplaintReceived",
    "subject request": "SubjectRequestReceived",
    "question": "ReviewQuestionRaised",
    "agreement": "AgreementRegistered",
    "hold": "LegalHoldPlaced",
}
# What takes up something under the id that it has already.
AGAIN: dict[str, type[Payload]] = {"consent": ConsentRenewed, "decision": DecisionReconsidered}
CHILD = "child"
OWN = "self"  # the authority of whoever consents for themselves
CARRIED = "decision"  # where a command carries the decision of its disclosure
MENTIONED = "context"  # known by whatever mentions it first: a partner's notice, or a child seen there
ADDED_TO = frozenset({"person"})  # saying it again adds to what is known


def own_time(command: Command) -> dt.datetime | None:
    """When the event itself says it happened."""
    at: dt.datetime | None = getattr(command.event, OWN_TIME.get(type(command.event), ""), None)
    return at


def happened_at(command: Command, world: World) -> dt.datetime:
    """When the act happened in the world; a plan for later is judged as of now."""
    own = own_time(command)
    if command.occurred_at is not None:
        return command.occurred_at
    return own if own is not None and (own <= world.now or command.mode == FACT) else world.now


def known_at(command: Command, world: World, at: dt.datetime) -> dt.datetime:
    """When this agency knew: as it says, else when it happened; what a partner sent, when it was received (R0.6)."""
    event = command.event
    if command.known_at is None and isinstance(event, DisclosureReceived):
        return event.received_at or at
    source = event.source if isinstance(event, InformationRecorded) else None
    if command.known_at is None and source is not None and source.receipt_id is not None:
        received = ((said.event, said.at) for said in world.case.receipts)
        return next((when for r, when in received if source.receipt_id in (r.receipt_id, r.disclosure_id)), at)
    return command.known_at or at


def check_references(command: Command, world: World) -> None:
    """Raise `UnknownId` for what does not exist, `Malformed` for an id given twice or a day that is none."""
    _check_file(command, world)
    if world.file.exists:
        _check_ids(command, world)
    for event, within in ((command.event, ""), (command.decision, CARRIED)):
        for place, _, text in marked(event, DayMark, within) if event is not None else ():
            until(text, place)
    check_dates(command.event, happened_at(command, world), world.now)
    _check_agency(command.event, happened_at(command, world), world)


def _check_file(command: Command, world: World) -> None:
    about = command.about
    if about.type not in STREAM_KEYS:
        return
    if about.type == MENTIONED:
        return
    if command.kind.opens and world.file.exists:
        raise Malformed(f"field {about.type}: {about.id} is there already; it can be opened only once")
    # Somebody else's scheme is refused by a rule of its own (CS-01), whether or not it is known here.
    if not (command.kind.opens or world.file.exists or (about.type == "scheme" and world.agency.kind != "police")):
        raise UnknownId(f"field {about.type}: there is no {about.type} {about.id} in this ledger; open it first")


def _check_ids(command: Command, world: World) -> None:
    carried = command.decision
    if carried is not None and getattr(command.event, "decision_id", None) not in (None, carried.decision_id):
        raise Malformed("field decision_id: names another decision than the one this command carries")
    for event, within in ((command.event, ""), (carried, CARRIED)):
        if event is None:
            continue
        for place, refers, name in marked(event, Refers, within):
            if not (refers.to == "decision" and carried is not None and name == carried.decision_id):
                _check_known(refers.to, name, place, world)
        for place, defines, name in marked(event, Defines, within):
            held = world.held(defines.what)
            if isinstance(event, AGAIN.get(defines.what, ())):
                if defines.what == "decision":
                    _check_known(defines.what, name, place, world)
                continue
            if held and name in held and defines.what not in ADDED_TO:
                raise Malformed(f"field {place}: {name} is recorded already in this {world.file.about.type}")


def _check_known(what: str, name: str, place: str, world: World) -> None:
    held = world.held(what)
    if held is None or name in held or (what == "item" and name in world.agency.book.codes("information_kinds")):
        return
    near = difflib.get_close_matches(name, held, 1, 0.6)
    hint = f"; did you mean {near[0]}?" if near else f"; record it first ({MADE_BY[what]})"
    about = world.file.about
    where = f"{about.type} {about.id}" if about.type in STREAM_KEYS else "this ledger"
    raise UnknownId(f"field {place}: there is no {what} {name} in {where}{hint}")


def _check_agency(event: Payload, at: dt.datetime, world: World) -> None:
    agency = world.agency
    if isinstance(event, PolicyEditionRegistered):
        admit(event.edition, agency.editions, agency.kind, agency.adopted)
    elif isinstance(event, PolicyEditionAdopted):
        edition = agency.editions.get(event.edition_id)
        if edition is None:
            near = difflib.get_close_matches(event.edition_id, agency.editions, 3, 0.4)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise UnknownId(f"field edition_id: no edition {event.edition_id} is registered here{hint}")
        if edition.by_adoption:
            start = moment(event.adopted_on.isoformat()) if event.adopted_on else at
            check_start(edition, start, agency.editions.values(), agency.adopted)
    elif isinstance(event, LocalParameterSet):
        known = agency.book.params
        if event.name not in known:
            near = difflib.get_close_matches(event.name, known, 3, 0.4)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise Malformed(f"field name: no edition leaves {event.name} to the agency{hint}")
        if type(event.value) is not type(known[event.name]):
            raise Malformed(f"field value: {event.name} is a {type(known[event.name]).__name__}")


def complete(command: Command, world: World) -> Command:
    """The command with what it leaves unsaid: times, sender, and what a disclosure takes from its decision."""
    at = happened_at(command, world)
    event: Any = command.event
    decision = command.decision
    if isinstance(event, DecisionMade):
        event = _again(changed(event, to_complete=()), world)
    elif isinstance(event, DisclosureMade):
        decision = _complete_decision(decision, event, world) if decision is not None else None
        event = _complete_disclosure(event, decision, command, world)
    elif isinstance(event, ConsentRenewed):
        event = _complete_renewal(event, world)
    elif isinstance(event, ConsentGiven) and event.authority == OWN:
        event = _unsaid(event, data_subject=event.given_by, given_by=event.data_subject)
    elif isinstance(event, WarningGiven) and command.actor is not None:
        event = _unsaid(event, explained_by=command.actor.staff_ref)
    elif isinstance(event, SchemeDisclosureDelivered):
        purposes = of_scheme(world.context(at), world.scheme.family).codes("delivery_purposes")
        event = _unsaid(event, restrictions=imposed(world.scheme, purposes))
    elif isinstance(event, DisclosureReceived):
        event = _complete_receipt(event, world)
    if isinstance(event, ConsentWithdrawn):
        event = _unsaid(event, effective_at=at)
    own = OWN_TIME.get(type(event))
    if own is not None:
        event = _unsaid(event, **{own: at})
    return replace(command, event=event, decision=decision)


def _complete_decision(decision: DecisionMade, event: DisclosureMade, world: World) -> DecisionMade:
    """A decision made in one line with its disclosure: what only the disclosure says holds for both."""
    return _unsaid(
        _again(changed(decision, to_complete=()), world),
        items=event.what.items if event.what else (),
        recipients=event.to,
        purposes=event.purposes,
        legal_basis=event.legal_basis,
    )


# What a decision taken again is about, unless it says otherwise; its grounds are its own.
_SAME_MATTER = ("request_id", "items", "data_subjects", "purposes", "recipients", "risk_level", "context_ids")


def _again(decision: DecisionMade, world: World) -> DecisionMade:
    earlier = world.case.decisions.get(decision.decision_id)
    if earlier is None or not isinstance(decision, DecisionReconsidered):
        return decision
    return _unsaid(decision, **{name: getattr(earlier.event, name) for name in _SAME_MATTER})


def _complete_disclosure(
    event: DisclosureMade, carried: DecisionMade | None, command: Command, world: World
) -> DisclosureMade:
    earlier = world.case.decisions.get(event.decision_id or "")
    decision = carried or (earlier.event if earlier else None)
    actor = command.actor
    event = _unsaid(event, by=Sender(staff=actor.staff_ref, role=actor.role, agency=world.agency.id) if actor else None)
    if decision is None:
        return event
    event = _unsaid(
        event, decision_id=decision.decision_id, legal_basis=decision.legal_basis, purposes=decision.purposes
    )
    return changed(event, relies_on=tuple(sorted(consents_relied_on(decision, event.legal_basis, world.case))))


def _complete_receipt(event: DisclosureReceived, world: World) -> DisclosureReceived:
    """It rests on the consents that the sender's does; contexts told of concern the children of the file it is in."""
    notice = event.notice
    event = _unsaid(event, relies_on=notice.relies_on if notice is not None else ())
    if event.context_ids or (notice is not None and (notice.context_ids or notice.contexts_decided)):
        children = sorted(person.id for person in world.case.persons.values() if CHILD in person.roles)
        return _unsaid(event, children=tuple(children))
    return event


def _complete_renewal(event: ConsentRenewed, world: World) -> ConsentRenewed:
    renews = event.renews or (event.consent_id if event.consent_id in world.case.consents else None)
    earlier = world.case.consents.get(renews or "")
    if earlier is None:
        return event
    mine = set(ConsentGiven.__struct_fields__) - {"consent_id", "late_reason", "given_at", "expires_at", "review_on"}
    return _unsaid(event, renews=renews, **{name: getattr(earlier.terms, name) for name in mine})


P = TypeVar("P", bound=Payload)


def _unsaid(event: P, **values: Any) -> P:
    """The event with these values where it says nothing."""
    return changed(
        event, **{n: v for n, v in values.items() if getattr(event, n) in (None, (), {}) and v not in (None, (), {})}
    )
