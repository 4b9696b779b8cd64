"""What an act shares, with whom and about whom: the questions that most rules begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.procedure.declare import About, Payload
from ledger.procedure.events.decision import ConsentPosition, DecisionMade, LegalBasis, Recipient
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.events.persons import ON_FILE
from ledger.procedure.positions import by_code
from ledger.procedure.rules.registry import Act
from ledger.procedure.state.case import Case, Item, Said
from ledger.procedure.state.consents import Use
from ledger.procedure.state.persons import Person
from ledger.procedure.state.world import World

SHARE: tuple[type[Payload], ...] = (DecisionMade, DisclosureMade)
SHARE_OR_EXTRACT: tuple[type[Payload], ...] = (*SHARE, ExtractIssued)  # an extract is a disclosure (R0.10)
SHARES, WITHHOLDS = frozenset({"share", "part"}), frozenset({"withhold", "part"})
COMPLETE = "complete"


def sharing(act: Act) -> DecisionMade | None:
    """The decision to share, at least in part, that this act makes or carries out."""
    decision = act.decision
    return decision if isinstance(decision, DecisionMade) and decision.outcome in SHARES else None


def withholding(act: Act) -> DecisionMade | None:
    """The decision to withhold, at least in part, that this act makes."""
    decision = act.event
    return decision if isinstance(decision, DecisionMade) and decision.outcome in WITHHOLDS else act_carries(act)


def act_carries(act: Act) -> DecisionMade | None:
    """The decision to withhold in part that a disclosure carries in its own line."""
    carried = act.command.decision
    return carried if isinstance(carried, DecisionMade) and carried.outcome in WITHHOLDS else None


def shares(act: Act) -> bool:
    """Whether the act shares anything: a decision to share, an extract, or a disclosure whatever was decided."""
    return isinstance(act.event, DisclosureMade | ExtractIssued) or sharing(act) is not None


def basis(act: Act) -> LegalBasis | None:
    """The legal basis of this sharing: the extract's or disclosure's own, else its decision's."""
    if isinstance(act.event, ExtractIssued):
        given = act.event.basis
        return (by_code(given) if given else None) if isinstance(given, tuple) else given
    own: LegalBasis | None = getattr(act.event, "legal_basis", None)
    return own or (act.decision.legal_basis if act.decision is not None else None)


def in_full(act: Act) -> bool:
    """Whether the basis could say what its conditions ask for: an extract may name them by code alone."""
    return not (isinstance(act.event, ExtractIssued) and isinstance(act.event.basis, tuple))


def item_ids(act: Act) -> tuple[str, ...]:
    """What is shared: what the disclosure names, else what was decided to be shared."""
    decision: DecisionMade | None = act.decision
    withheld = decision.if_withheld.items if decision is not None and decision.if_withheld else ()
    named = act.event.what.items if isinstance(act.event, DisclosureMade) and act.event.what else ()
    decided = tuple(i for i in decision.items if i not in withheld) if decision is not None else ()
    return named or decided


def files(act: Act, world: World) -> Iterator[World]:
    """The files that it is shared from: the act's own, or those that an extract is drawn from."""
    if isinstance(act.event, ExtractIssued):
        yield from (world.other(About(file.type, file.id)) for file in act.event.about if file.type in ON_FILE)
    else:
        yield world


def items(act: Act, world: World) -> Iterator[tuple[str, Item]]:
    """The recorded items that are shared."""
    for file in files(act, world):
        for item_id in shown(act.event, file.case) if isinstance(act.event, ExtractIssued) else item_ids(act):
            if item_id in file.case.items:
                yield item_id, file.case.items[item_id]


def shown(extract: ExtractIssued, case: Case) -> Iterable[str]:
    """The items that an extract shows: those it names, or all of a complete one, but for those taken out."""
    taken_out = {item_id for redaction in extract.redactions for item_id in redaction.items}
    held = case.items if complete(extract) else ()
    return [item_id for item_id in extract.items or held if item_id not in taken_out]


def complete(extract: ExtractIssued) -> bool:
    """Whether an extract is of whole files, as one is that says nothing else."""
    return extract.extract_mode in (None, COMPLETE) and not extract.items


def recipients(act: Act) -> tuple[Recipient, ...]:
    """Who receives it."""
    to: tuple[Recipient, ...] = act.event.to if isinstance(act.event, DisclosureMade) else ()
    return to or (act.decision.recipients if act.decision is not None else ())


def name_of(recipient: Recipient) -> str:
    return recipient.agency or recipient.person or ""


def recipient_ids(act: Act) -> tuple[str, ...]:
    return tuple(name for recipient in recipients(act) if (name := name_of(recipient)))


def positions(act: Act) -> dict[str, ConsentPosition]:
    """The consent position of each data subject that has one with a state."""
    decision = sharing(act)
    found = decision.data_subjects.items() if decision is not None else ()
    return {person: position for person, position in found if position is not None and position.state is not None}


def subjects(act: Act, world: World) -> Iterator[Person]:
    """The persons whose information is shared: those the decision names, and those the items are about."""
    decision = sharing(act)
    named = list(decision.data_subjects) if decision is not None else []
    about = [item.event.person for _, item in items(act, world) if item.event.person]
    for file in files(act, world):
        for person_id in dict.fromkeys(named + about):
            if person_id in file.case.persons:
                yield file.case.persons[person_id]


def use(act: Act, world: World, person: str) -> Use:
    """What this sharing would use the consent of one person for."""
    kinds = {i: item.event.kind or "" for i, item in items(act, world)}
    others = {i for i, item in items(act, world) if item.event.person not in (None, person)}
    purposes = act.decision.purposes if act.decision is not None else act.event.purposes
    named = [(i, kinds.get(i, i)) for i in item_ids(act) if i not in others]
    return Use(purposes, named, recipient_ids(act))


def request(act: Act, world: World) -> Said | None:
    """The request that this decision or extract answers."""
    answers = act.event if isinstance(act.event, ExtractIssued) else act.decision
    asked = (answers.request_id if answers is not None else None) or ""
    return next((file.case.requests[asked] for file in files(act, world) if asked in file.case.requests), None)
