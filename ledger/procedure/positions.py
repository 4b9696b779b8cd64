"""What a decision rests on: its conditions, and for whom it relies on which consent."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.events.decision import (
    Article6Basis,
    Article9Basis,
    ConsentPosition,
    DecisionMade,
    LegalBasis,
)
from ledger.procedure.state.case import Case

CONSENT_6, CONSENT_9 = "6(a)", "9(a)"
PART_3 = "dpa_part3"
UK_GDPR = "uk_gdpr"


def by_code(codes: tuple[str, ...]) -> LegalBasis:
    """A basis that says no more than the codes of its conditions."""
    sixes = tuple(Article6Basis(code=code) for code in codes if code.startswith("6"))
    return LegalBasis(art6=sixes, art9=tuple(Article9Basis(code=code) for code in codes if code.startswith("9")))


def article_6(basis: LegalBasis | None) -> frozenset[str]:
    """The Article 6 conditions relied on."""
    return frozenset(entry.code for entry in basis.art6 if entry.code) if basis else frozenset()


def article_9(basis: LegalBasis | None) -> frozenset[str]:
    """The Article 9 conditions relied on."""
    return frozenset(entry.code for entry in basis.art9 if entry.code) if basis else frozenset()


def on_consent(basis: LegalBasis | None) -> bool:
    """Whether it rests on somebody's consent, alone or beside something else."""
    return (
        basis is not None
        and basis.regime == UK_GDPR
        and (CONSENT_6 in article_6(basis) or CONSENT_9 in article_9(basis))
    )


def on_consent_alone(basis: LegalBasis | None) -> bool:
    """Whether consent is the only condition of Article 6 that it rests on."""
    return basis is not None and basis.regime == UK_GDPR and article_6(basis) == {CONSENT_6}


def on_other_basis(basis: LegalBasis | None) -> bool:
    """Whether it rests on anything that needs no consent."""
    if basis is None:
        return False
    return basis.part3 is not None if basis.regime == PART_3 else bool(article_6(basis) - {CONSENT_6})


def consent_of(person: str, position: ConsentPosition | None, case: Case) -> str | None:
    """The consent that a position stands on: the one it names, else the person's only one in the file."""
    if position is not None and position.consent_id is not None:
        return position.consent_id
    if position is None or position.state != "given":
        return None
    own = [consent_id for consent_id, consent in case.consents.items() if consent.terms.data_subject == person]
    return own[0] if len(own) == 1 else None


def relied_on(decision: DecisionMade, basis: LegalBasis | None, case: Case) -> Iterator[tuple[str, str | None]]:
    """The persons whose consent a sharing rests on, each with the consent, if there is one."""
    if not on_consent(basis):
        return
    for person, position in decision.data_subjects.items():
        state = position.state if position else None
        needed = on_consent_alone(basis) and state != "not_applicable"
        if needed or state == "given":
            yield person, consent_of(person, position, case)


def consents_relied_on(decision: DecisionMade, basis: LegalBasis | None, case: Case) -> set[str]:
    """The ids of the consents that a sharing rests on."""
    return {consent for _, consent in relied_on(decision, basis, case) if consent is not None}
