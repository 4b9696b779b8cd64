"""Histories for tests: one agency's ledger in memory, and commands that say everything they must, to be changed.

`History.do` judges and folds one command and returns what was found (``["I CN-09"]``); `History.refused` returns the
rules that refuse it. Unless changed, everything is as the requirements' scenarios take for granted (§10, notation).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ledger.errors import Refused
from ledger.procedure.command import parse
from ledger.procedure.declare import About
from ledger.procedure.edition import LONDON, shipped
from ledger.procedure.entry import Entry
from ledger.procedure.events.agency import LedgerOpened
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.judgement import Judged, judge
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.world import File, World, fold_agency

CASE = "HM-1"
START = "2026-09-07T09:00:00+01:00"
AGENCY = About("agency", "agency")
FILE = About("case", CASE)
ACTOR = {"staff_ref": "HMC-1", "role": "practitioner"}
APPROVED = ("secure_file_transfer", "secure_email", "court_filing", "in_person")
AUTHORITY: dict[str, bool | int | str] = {"public_authority": True, "apd_ref": "APD-1"}


def time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


class History:
    """What one agency recorded, in memory."""

    def __init__(self, kind: str = "local_authority", flags: dict[str, Any] | None = None, **genesis: Any) -> None:
        self.agency = Agency(id="HMC", name="Harrowmere City Council")
        self.files: dict[About, File] = {}
        self.entries: list[Entry] = []
        now = time(genesis.pop("at", START))
        since = genesis.pop("since", "2024-04-22T09:00:00+01:00")
        event = LedgerOpened(
            charter=b"",
            mldsa_public=b"",
            recovery_signature=b"",
            agency_kind=kind,
            flags=AUTHORITY if flags is None else flags,
            editions=tuple((i, s.sha256) for i, s in sorted(shipped().items())),
        )
        fold_agency(self.agency, Entry(AGENCY, event, None, time(since), time(since), version=1))
        for method in APPROVED:
            self.do("SecureMethodApproved", at=since, method=method)
        if genesis.pop("adopted", True):
            self.do("PolicyEditionAdopted", at=since, edition_id="wm-2.10@2024-04-19")
        self.now = now

    def world(self, about: About, now: dt.datetime | None = None) -> World:
        if about == AGENCY:
            return World(self.agency, File(about, self.agency.version), now or self.now)
        return World(self.agency, self.file(about), now or self.now, self)

    def file(self, about: About) -> File:
        return self.files.setdefault(about, File(about))

    def shared_with(self, agency: str, since: dt.datetime, most: int) -> int:
        made = (entry.event for entry in self.entries if isinstance(entry.event, DisclosureMade))
        found = sum(
            event.when is not None and event.when >= since and any(r.agency == agency for r in event.to)
            for event in made
        )
        return min(found, most)

    def judged(self, do: str, *, at: str | None = None, **said: Any) -> Judged:
        """Judge a command, recorded at `at` (as before, if left out), without recording it."""
        if at is not None:
            self.now = time(at)
        said.setdefault("actor", ACTOR)
        command = parse({"do": do, **{name: value for name, value in said.items() if value is not None}})
        return judge(command, self.world(command.about, self.now.astimezone(dt.UTC)))

    def do(self, do: str, *, at: str | None = None, **said: Any) -> list[str]:
        """Record a command; what was found, as ``level rule``, in the order of the rules."""
        judged = self.judged(do, at=at, **said)
        self.record(judged)
        return [f"{f.level} {f.rule}" for f in judged.findings]

    def record(self, judged: Judged) -> None:
        """Fold what was judged."""
        for entry in judged.entries:
            if entry.about == AGENCY:
                fold_agency(self.agency, entry)
            else:
                self.file(entry.about).fold(entry)
            self.entries.append(entry)

    def owed(self, about: About = FILE) -> list[tuple[str, ...]]:
        """What is still to be done in one file: (duty, what it is about …, the day it is due)."""
        held = self.agency.owed if about == AGENCY else self.file(about).owed
        return [(o.duty, *o.about, o.due.astimezone(LONDON).date().isoformat()) for o in held.values()]

    def refused(self, do: str, *, at: str | None = None, **said: Any) -> list[str]:
        """The rules that refuse a command; empty if it would be accepted."""
        try:
            self.judged(do, at=at, **said)
        except Refused as refusal:
            return list(refusal.rules)
        return []

    def open(self, case: str = CASE) -> History:
        """A case with a child C1 (14), her mother P1 (parental responsibility) and an item about her, ATT."""
        self.do("CaseOpened", case=case)
        self.do("PersonLinked", case=case, person_id="C1", roles=["child"], dob="2012-03-02")
        self.do("PersonLinked", case=case, person_id="P1", roles=["parent", "person_with_pr"])
        self.do("InformationRecorded", **item("ATT", case=case))
        return self


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A payload with keys replaced; None leaves a key out, ``a__b`` reaches into a structure."""
    result = dict(base)
    for name, value in changes.items():
        outer, _, inner = name.partition("__")
        if inner:
            result[outer] = changed(result.get(outer) or {}, **{inner: value})
        elif value is None:
            result.pop(outer, None)
        else:
            result[outer] = value
    return result


def item(item_id: str = "ATT", **changes: Any) -> dict[str, Any]:
    """A fact about C1's attendance."""
    said = {
        "case": CASE,
        "item_id": item_id,
        "person": "C1",
        "kind": "attendance",
        "statement_kind": "fact",
        "content": "late on four days",
    }
    return changed(said, **changes)


def consent(consent_id: str = "CON-1", **changes: Any) -> dict[str, Any]:
    """C1's own consent to her attendance going to KYP, her understanding assessed."""
    said = {
        "case": CASE,
        "consent_id": consent_id,
        "data_subject": "C1",
        "given_by": "C1",
        "authority": "self",
        "competence_ref": "CA-1",
        "purposes": ["early_identification"],
        "items": ["attendance"],
        "recipients": ["KYP"],
        "explicit": False,
        "how_obtained": "asked at school",
        "wording_version": "v3",
        "freely_given": True,
        "informed_of_withdrawal_right": True,
        "expires_at": "2026-12-07",
    }
    return changed(said, **changes)


BASIS = {"regime": "uk_gdpr", "art6": [{"code": "6(e)", "citation": "Children Act 2004 s.11"}]}
ON_CONSENT = {"regime": "uk_gdpr", "art6": [{"code": "6(a)"}]}


def decision(decision_id: str = "D-1", **changes: Any) -> dict[str, Any]:
    """A decision to share ATT with KYP without consent; complete, so that only I CN-09 is found of it."""
    said = {
        "decision_id": decision_id,
        "outcome": "share",
        "items": ["ATT"],
        "data_subjects": {"C1": {"state": "not_sought", "reason": "alternative_basis_power_imbalance"}},
        "purposes": ["early_identification"],
        "recipients": [{"agency": "KYP", "need_to_know_reason": "runs her mentoring"}],
        "legal_basis": BASIS,
        "necessity": "they cannot help without it",
        "proportionality": "four dates",
        "safety_and_wellbeing": {"individual": "she may go missing", "others": "none known"},
        "identifiability_considered": {"chosen": "identified", "why": "they know her"},
        "informing": [
            {"person": "C1", "informed_at": "2026-09-07T08:30:00+01:00"},
            {"person": "P1", "informed_at": "2026-09-07T08:40:00+01:00"},
        ],
        "risk_level": "concern",
        "reasons": "she is seen less each week",
    }
    return changed(said, **changes)


def disclosure(disclosure_id: str = "X-1", **changes: Any) -> dict[str, Any]:
    """That decision carried out in the same line, by secure file transfer."""
    said = {
        "case": CASE,
        "mode": "fact",
        "disclosure_id": disclosure_id,
        "to": [{"agency": "KYP", "person": "KYP-4"}],
        "how": {"method": "secure_file_transfer"},
        "what": {"items": ["ATT"], "summary": "dates of absence"},
        "opinion_marked": True,
        "accuracy_as_of": "2026-09-04",
        "consent_advice_to_recipient": {"advised": True, "state": "not_sought"},
        "decision": decision(f"D-{disclosure_id}"),
    }
    return changed(said, **changes)


def withholding(decision_id: str = "D-1", **changes: Any) -> dict[str, Any]:
    """A decision to withhold that says all it must."""
    said = {
        "case": CASE,
        "mode": "plan",
        "decision_id": decision_id,
        "outcome": "withhold",
        "items": ["ATT"],
        "recipients": [{"agency": "KYP"}],
        "safety_and_wellbeing": {"individual": "none at risk"},
        "risk_level": "concern",
        "reasons": "it is not theirs to know",
        "if_withheld": {
            "reason_codes": ["recipient_no_need_to_know"],
            "reasons": "it is not theirs to know",
            "risk_of_not_sharing": "none seen",
            "detriment_comparison": "nothing is lost to her",
            "review_on": "2026-10-07",
            "requester_told_at": "2026-09-07T10:00:00+01:00",
        },
    }
    return changed(said, **changes)


def receipt(disclosure_id: str = "X-7", **changes: Any) -> dict[str, Any]:
    """What a recipient records of a disclosure made to it without consent."""
    said = {
        "case": CASE,
        "receipt_id": f"R-{disclosure_id}",
        "disclosure_id": disclosure_id,
        "sender_event_hash": "5e" * 32,
        "details": "dates of absence",
        "provider": {"agency": "BHA", "person": "BHA-2"},
        "without_consent": True,
        "consent_reasons": "asking would put her at risk",
    }
    return changed(said, **changes)


# What §10 expects of every share without consent, so that a table need not repeat it.
EXPECTED = "I CN-09"


def comes_to(history: History, do: str, mode: str, **said: Any) -> list[str]:
    """What an act comes to, unrecorded: its findings as ``level rule``, or ``E rule`` for each rule that refuses it."""
    try:
        judged = history.judged(do, mode=mode, **said)
    except Refused as refusal:
        return [f"E {rule}" for rule in refusal.rules]
    return [f"{f.level} {f.rule}" for f in judged.findings if f"{f.level} {f.rule}" != EXPECTED]


def expected(rule: str, levels: str, mode: str) -> list[str]:
    """What one rule with levels ``gate/fact`` gives in a mode."""
    level = levels.split("/")[mode == "fact"]
    return [] if level == "-" else [f"{level} {rule}"]
