"""A ledger as a busy agency might have: half a year of mixed acts in a thousand cases, of schemes and of contexts.

Every act goes through the front door. Nothing is drawn at random, so two ledgers of one size say the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

from ledger import Actor, Ledger, parse

Act = dict[str, Any]
ACTOR = Actor(staff_ref="TVP-duty", role="practitioner")
BEGUN, LASTS = dt.datetime(2025, 9, 1, 9, tzinfo=dt.UTC), dt.timedelta(days=180)
CASES, SCHEMES_AT_ONCE, CONTEXTS, BATCH = 1000, 110, 20, 1000
ASKED, ASKED_SIZE = "HM-ASKED", 200  # the case that questions are asked of, and how many acts it has
BASIS = {"regime": "uk_gdpr", "art6": [{"code": "6(e)", "citation": "Children Act 2004 s.11"}]}
PURPOSES = ["protection_exploitation"]


def mixed_ledger(folder: Path, records: int) -> Ledger:
    """A practice ledger of some `records` records, and a few of the agency's own before them."""
    ledger = Ledger.create(
        folder,
        agency_id="TVP",
        agency_name="Thornvale Police",
        kind="police",
        flags={"public_authority": True, "apd": True},
        recovery=folder.with_suffix(".recovery"),
        practice=True,
        at=BEGUN - dt.timedelta(days=1),
    )
    own = [{**act, "recorded_at": (BEGUN - dt.timedelta(hours=2)).isoformat()} for act in _agency()]
    ledger.record_atomic(own, actor=ACTOR)
    acts = _dated(records)
    while batch := [parse(act, actor=ACTOR) for act in islice(acts, BATCH)]:
        ledger.record_atomic(batch)
    return ledger


def _agency() -> Iterator[Act]:
    for name, kind in (("HMC", "local_authority"), ("BHA", "school_or_college"), ("KYP", "voluntary_charity")):
        yield {"do": "AgencyRegistered", "agency_id": name, "name": name, "kind": kind, "flags": {}}
    yield {"do": "SecureMethodApproved", "method": "secure_file_transfer"}
    for number in range(CONTEXTS):
        yield {"do": "ContextIdentified", "context": f"CTX-{number}", "kind": "location", "name": f"Car park {number}"}


def _dated(records: int) -> Iterator[Act]:
    """The acts of every file in turn, as many as are wanted, spread evenly over the half year."""
    others = _in_turn()
    asked = iter(_case(ASKED, 0))
    every = records // ASKED_SIZE
    for number in range(records):
        act = next(asked if number % every == 0 and number // every < ASKED_SIZE else others)
        yield {**act, "mode": "fact", "recorded_at": (BEGUN + LASTS * number / records).isoformat()}


def _in_turn() -> Iterator[Act]:
    """Nine acts of cases, then one of a scheme; a scheme that is closed makes room for the next application."""
    cases = cycle([_case(f"HM-{number}", number) for number in range(CASES)])
    numbers = count(1)
    schemes = [_scheme(next(numbers)) for _ in range(SCHEMES_AT_ONCE)]
    for turn in count():
        for case in islice(cases, 9):
            yield next(case)
        at = turn % SCHEMES_AT_ONCE
        if (act := next(schemes[at], None)) is None:
            schemes[at] = _scheme(next(numbers))
            act = next(schemes[at])
        yield act


def _case(name: str, number: int) -> Iterator[Act]:
    """A case without end: who they are, then one concern after another."""
    case = {"case": name}
    yield {"do": "CaseOpened", **case, "reason": "a referral by the school", "first_service_at": BEGUN.isoformat()}
    child = _child(name)
    known = {"name": f"Child of {name}", "dob": "2012-03-02", "age_band": "12_to_15"}
    yield {"do": "PersonLinked", **case, "person_id": child, "roles": ["child"], **known}
    yield {"do": "PersonLinked", **case, "person_id": "P1", "roles": ["parent"], "name": f"Mother in {name}"}
    yield {"do": "RelationshipRecorded", **case, "person": child, "related_id": "P1", "relationship": "mother"}
    for concern in count(number):
        for act in _concern(concern, child):
            yield {**case, **act}


def _child(case: str) -> str:
    return f"C-{case}"


def _concern(n: int, child: str) -> Iterator[Act]:
    """What is learnt, asked, decided, shared and withheld about one concern; not every one goes through it all."""
    item, other, consent, sent = f"I-{n}", f"J-{n}", f"CON-{n}", f"X-{n}"
    about = {"person": child, "kind": "attendance", "content": f"Seen with older men on the {n}th occasion."}
    yield {"do": "InformationRecorded", "item_id": item, **about}
    yield {"do": "InformationRecorded", "item_id": other, **about, "statement_kind": "professional_opinion",
           "special": ["health"]}  # fmt: skip
    yield {
        "do": "ConsentGiven",
        "consent_id": consent,
        "data_subject": child,
        "given_by": "P1",
        "authority": "PR",
        "purposes": PURPOSES,
        "items": [item],
        "recipients": ["HMC", "KYP"],
        "explicit": True,
        "how_obtained": "Asked at a meeting in school.",
        "freely_given": True,
    }
    if n % 3 == 0:
        yield from _asked_and_advised(n, child, item)
    yield {"do": "DecisionMade", "decision_id": f"D-{n}", "outcome": "share", "items": [item], **_weighed(n, child)}
    yield {
        "do": "DisclosureMade",
        "disclosure_id": sent,
        "decision_id": f"D-{n}",
        "to": [{"agency": "HMC"}, {"agency": "KYP"}],
        "how": {"method": "secure_file_transfer"},
        "what": {"items": [item], "summary": "What was recorded of it."},
        "purposes": PURPOSES,
        "legal_basis": BASIS,
        "relies_on": [consent],
        "restrictions": [{"code": "NO_ONWARD"}] if n % 2 else [],
    }
    yield {"do": "ReceiptConfirmed", "disclosure_id": sent, "recipient": "HMC"}
    if n % 4:
        yield {"do": "ReceiptConfirmed", "disclosure_id": sent, "recipient": "KYP"}
        yield {"do": "PersonInformed", "person": "P1", "decision_id": f"D-{n}"}
    if n % 3 == 1:
        yield {"do": "ConsentWithdrawn", "consent_id": consent, "by": "P1", "reason": "She fears for her son."}
        yield {"do": "RecipientNotifiedOfWithdrawal", "consent_id": consent, "recipient": "KYP", "disclosure_id": sent}
        yield {"do": "DeletionConfirmed", "consent_id": consent, "disclosure_id": sent, "holder": "KYP"}
    if n % 3 == 2:
        yield from _received(n, child)
    held = {"reason_codes": ["would_prejudice_investigation"], "reasons": "It would warn those under investigation."}
    if n % 2:
        yield {"do": "DecisionMade", "decision_id": f"W-{n}", "outcome": "withhold", "items": [other],
               "if_withheld": held, **_weighed(n, child)}  # fmt: skip
    if n % 4 == 3:
        yield {"do": "DecisionReconsidered", "decision_id": f"W-{n}", "outcome": "share", "items": [other],
               **_weighed(n, child)}  # fmt: skip
    if n % 8 == 5:
        yield {"do": "MissingEpisodeRecorded", "child": child, "episode_id": f"ME-{n}", "context_id": f"CTX-{n % 20}"}


def _asked_and_advised(n: int, child: str, item: str) -> Iterator[Act]:
    yield {
        "do": "InformationRequested",
        "request_id": f"Q-{n}",
        "requester": {"agency": "HMC"},
        "to": "TVP",
        "persons": [child],
        "items": [item],
        "purposes": PURPOSES,
        "legal_basis": BASIS,
        "need_stated": True,
        "risk_level": "significant_harm",
        "question": "Whom did the child meet?",
    }
    yield {"do": "AdviceSought", "advice_id": f"AV-{n}", "adviser_role": "caldicott_guardian", "items": [item],
           "question": "May it be shared?"}  # fmt: skip
    yield {"do": "AdviceReceived", "advice_id": f"AV-{n}", "advice": "Share what bears on the risk.", "followed": True}


def _received(n: int, child: str) -> Iterator[Act]:
    """A disclosure of a partner under a restriction, which is lifted again from time to time."""
    limits = [{"code": "NOT_TO_SERVICE_USER", "persons": ["P1"]}]
    yield {
        "do": "DisclosureReceived",
        "receipt_id": f"R-{n}",
        "disclosure_id": f"HX-{n}",
        "provider": {"agency": "HMC"},
        "details": "Three men were seen at the car park.",
        "restrictions": limits,
        "without_consent": True,
        "context_ids": [f"CTX-{n % CONTEXTS}"],
        "children": [child],
    }
    placed = {"restriction_id": f"L-{n}", "items": [f"J-{n}"], "code": "NO_ONWARD", "imposed_by": "HMC"}
    yield {"do": "RestrictionImposed", **placed}
    if n % 2:
        yield {"do": "RestrictionLifted", "restriction_id": f"L-{n}", "lifted_by": "HMC"}


def _weighed(n: int, child: str) -> Act:
    """What a decision says that was thought through."""
    return {
        "data_subjects": {child: {"state": "given", "consent_id": f"CON-{n}"}},
        "purposes": PURPOSES,
        "recipients": [{"agency": "HMC", "need_to_know_reason": "Leads on protecting the child."}, {"agency": "KYP"}],
        "legal_basis": BASIS,
        "necessity": "The recipient cannot protect the child without it.",
        "proportionality": "Only what bears on the risk.",
        "relevance": "It bears on the risk to the child.",
        "adequacy": "Enough to act on.",
        "safety_and_wellbeing": {"individual": "At more risk if it were not known.", "others": "Nobody is at risk."},
        "risk_level": "significant_harm",
        "reasons": "To protect the child.",
    }


def _scheme(number: int) -> Iterator[Act]:
    """One application under Sarah's Law to its end: every other recipient refuses the undertaking first."""
    scheme, case = {"scheme": f"CS-{number}"}, f"HM-{number % CASES}"
    yield {
        "do": "SchemeApplicationReceived",
        **scheme,
        "scheme_family": "csods",
        "route": "direct",
        "applicant": "G",
        "subject": "S",
        "children": [_child(case)],
        "child_cases": [case],
        "concern": "He collects the children from school.",
    }
    yield {"do": "InitialChecksCompleted", **scheme, "immediate_risk": False, "progress": True}
    yield {"do": "SchemeDecisionMade", **scheme, "outcome": "disclose", "recipient": "M", "recipient_role": "parent",
           "recipient_relation": "mother", "basis": "convictions_for_child_sex_offences",
           "presumption_applied": True, "reasons": "The child lives with him."}  # fmt: skip
    yield {"do": "WarningGiven", **scheme, "to": "M", "understood": True, "explained_by": "TVP-duty"}
    offer = {"do": "UndertakingOffered", **scheme, "to": "M", "clauses": ["confidential", "no_further_disclosure"]}
    yield {**offer, "undertaking_id": "U-1"}
    signed = "U-1"
    if number % 2:
        yield {"do": "UndertakingRefused", **scheme, "undertaking_id": "U-1", "refusal_id": "UR-1", "by": "M",
               "category": "wishes_to_tell_named_person", "reason": "She wants to tell her sister."}  # fmt: skip
        outcome = "offer_again" if number % 4 == 1 else "withhold"
        yield {"do": "ReconsiderationDecided", **scheme, "reconsideration_id": "RC-1", "refusal_id": "UR-1",
               "outcome": outcome, "reasons": "The sister can be authorised."}  # fmt: skip
        signed = "U-2" if outcome == "offer_again" else ""
    if signed == "U-2":
        yield {**offer, "undertaking_id": "U-2"}
    if signed:
        yield {"do": "UndertakingSigned", **scheme, "undertaking_id": signed, "by": "M", "signature_ref": "SIG-1"}
        yield {"do": "SchemeDisclosureDelivered", **scheme, "disclosure_id": "SD-1", "to": "M", "officer": "TVP-duty",
               "what": "That he was convicted.", "delivery": {"mode": "in_person"}}  # fmt: skip
    yield {"do": "SchemeClosed", **scheme, "outcome": "disclosed" if signed else "no_disclosure"}
