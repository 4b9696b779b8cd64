"""The legal basis of sharing: Article 6 of the UK GDPR, and Part 3 of the DPA 2018 (LB-01 to LB-10, LB-20 to LB-25).

Where it is consent: `consent_relied_on.py`. Special category data: `special_category.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledger.procedure.declare import Vocabulary, marked
from ledger.procedure.events.case import EntryCorrected
from ledger.procedure.events.decision import Article6Basis, Article9Basis
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.positions import PART_3, UK_GDPR, article_6
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import (
    SHARE,
    SHARE_OR_EXTRACT,
    basis,
    in_full,
    items,
    request,
    shares,
    subjects,
)
from ledger.procedure.state.world import World

IN_FORCE = frozenset({"article_6_conditions", "article_9_conditions", "conditions"})
BASIS_FIELDS = frozenset({"legal_basis", "regime", "art6", "art9", "art10", "part3"})


def conditions(act: Act, code: str, *, named: bool = False) -> Iterator[Article6Basis]:
    """The entries of this Article 6 condition that a sharing relies on; `named`: also where only its code is said."""
    found = basis(act)
    if shares(act) and found is not None and found.regime == UK_GDPR and (named or in_full(act)):
        yield from (entry for entry in found.art6 if entry.code == code)


@rule("LB-01", "Q20 “provided that there is alternative lawful basis”; Article 6", on=SHARE)
def no_condition(act: Act, _world: World) -> Concerns:
    found = basis(act)
    if shares(act) and (found is None or found.regime == UK_GDPR) and not article_6(found):
        yield Concern()


@rule("LB-03", "R0.4: conditions and statutes in force on the day", on=SHARE_OR_EXTRACT)
def not_in_force(act: Act, world: World) -> Concerns:
    if not shares(act):
        return
    source = act.event if isinstance(act.event, ExtractIssued) else basis(act)
    for _, vocabulary, code in marked(source, Vocabulary) if source is not None else ():
        live = act.context.codes(vocabulary.name)
        if (
            vocabulary.name in IN_FORCE
            and live
            and code not in live
            and code in world.agency.book.codes(vocabulary.name)
        ):
            yield Concern(code)
    for entry in (*conditions(act, "6(c)"), *conditions(act, "6(e)")):
        cited = (entry.citation or "").casefold().replace(" ", "").replace(".", "")
        for mark in world.agency.book.codes("citations") - act.context.codes("citations"):
            if mark.casefold() in cited:
                yield Concern(mark)


@rule("LB-05", "Q26 “under a legal obligation article 6”", on=SHARE_OR_EXTRACT)
def obligation_uncited(act: Act, _world: World) -> Concerns:
    if any(not entry.citation for entry in conditions(act, "6(c)")):
        yield Concern()


@rule("LB-06", "Q26 “to protect the vital interests of an individual at risk of harm”", on=SHARE_OR_EXTRACT)
def vital_interests(act: Act, _world: World) -> Concerns:
    for entry in conditions(act, "6(d)"):
        if not entry.whose:
            yield Concern()
        elif entry.life_and_limb is not True:
            yield Concern(case="not_life_and_limb")


@rule("LB-07", "Q25 “a legal basis to carry out safeguarding functions”", on=SHARE_OR_EXTRACT)
def function_uncited(act: Act, _world: World) -> Concerns:
    if any(not entry.citation for entry in conditions(act, "6(e)")):
        yield Concern()


@rule("LB-08", "“this condition cannot be used by public authorities to provide public duties”", on=SHARE_OR_EXTRACT)
def legitimate_interests_of_authority(act: Act, world: World) -> Concerns:
    if world.agency.has("public_authority") and any(
        entry.in_public_task is not False for entry in conditions(act, "6(f)", named=True)
    ):
        yield Concern()


@rule("LB-09", "“in particular where the data subject is a child”", on=SHARE_OR_EXTRACT)
def interests_unbalanced(act: Act, world: World) -> Concerns:
    for entry in conditions(act, "6(f)"):
        if not entry.balancing:
            yield Concern()
        elif not entry.child_weighting:
            yield from (Concern(person.id, "child") for person in subjects(act, world) if person.is_child(act.at))


@rule("LB-10", "Article 6(1)(ea), Annex 1 (in force 5 February 2026)", on=SHARE_OR_EXTRACT)
def recognised_interest(act: Act, world: World) -> Concerns:
    for entry in conditions(act, "6(ea)", named=True):
        if world.agency.has("public_authority") and entry.in_public_task is not False:
            yield Concern(case="authority")
        elif not in_full(act):
            continue
        elif entry.annex1_para is None or not (entry.necessity or entry.statement or _necessity(act)):
            yield Concern()
        elif str(entry.annex1_para) == "1" and not _need_stated(act, world):
            yield Concern(case="request")


def _necessity(act: Act) -> str | None:
    """Why the sharing is necessary, as its decision says for all its conditions."""
    return act.decision.necessity if act.decision is not None else None


def _need_stated(act: Act, world: World) -> bool:
    asked = request(act, world)
    return asked is not None and asked.event.need_stated is not False


@rule("LB-20", "§5.1 #5: Article 10 (the seed is silent)", on=SHARE_OR_EXTRACT)
def offence_data_without_gateway(act: Act, world: World) -> Concerns:
    found = basis(act)
    if not (shares(act) and in_full(act)) or (found is not None and found.regime != UK_GDPR):
        return
    if found is None or found.art10 is None or found.art10.sch1_para is None:
        yield from (Concern(i) for i, item in items(act, world) if item.event.criminal_offence_data)


@rule("LB-21", "§5.1 #6: DPA 2018 Part 3", on=SHARE_OR_EXTRACT)
def law_enforcement(act: Act, world: World) -> Concerns:
    found = basis(act)
    if not shares(act) or found is None or found.regime != PART_3:
        return
    part3 = found.part3
    if not world.agency.has("competent_authority"):
        yield Concern(case="authority")
    elif part3 is None or not (part3.s35_basis or part3.sch8_para):
        yield Concern()
    elif part3.sch8_para is None or not part3.strictly_necessary:
        yield from (Concern(i, "sensitive") for i, item in items(act, world) if item.event.special)


@rule("LB-22", "“necessary for the performance of a contract to which the data subject is party”", on=SHARE_OR_EXTRACT)
def on_a_contract(act: Act, _world: World) -> Concerns:
    for entry in conditions(act, "6(b)"):
        named = bool(entry.contract_ref) and entry.subject_is_party is not False
        yield Concern(case="rare" if named else "")


@rule("LB-24", "“at least one condition”: one is enough", on=SHARE_OR_EXTRACT)
def several_conditions(act: Act, _world: World) -> Concerns:
    found = basis(act)
    if not shares(act) or found is None or found.regime != UK_GDPR:
        return
    for together in (article_6(found), _for_one_item(found.art9)):
        if len(together) > 1:
            yield Concern(details={"conditions": ", ".join(sorted(together))})


def _for_one_item(entries: Sequence[Article9Basis]) -> frozenset[str]:
    """The Article 9 conditions that are named beside another for the same item."""
    return frozenset(
        one.code
        for one in entries
        for other in entries
        if one.code and other.code not in (None, one.code) and covers_same(one, other)
    )


def covers_same(one: Article9Basis, other: Article9Basis) -> bool:
    """Whether two conditions are for some item together; a condition that names none is for all."""
    return not one.items or not other.items or bool(set(one.items) & set(other.items))


@rule("LB-25", "GR4 “be clear of the basis upon which you are doing so”: before, not after", on=[EntryCorrected])
def basis_changed(act: Act, _world: World) -> Concerns:
    said: EntryCorrected = act.event
    path = re.split(r"[.\[\]]+", said.field or "")
    if said.legal_basis is not None or BASIS_FIELDS & set(path):
        yield Concern(details={"entry": said.entry_version})
