"""What became of each consent: who gave it, who withdrew it, what had been shared on it, who was told, who deleted it?

Row: one for each consent (requirements §7, P2). What is owed after a withdrawal is owed for each disclosure that rested
on the consent, by each of its recipients: until the limit has run from the withdrawal, or from a later disclosure
made on it. Totals count the consents that were withdrawn, whole or in part, and what rested on them.
"""

from __future__ import annotations

from ledger import Reading
from projections.fields import pick
from projections.projection import Projection
from projections.shown import microseconds, words_of
from projections.tables import Table, Tables
from projections.withdrawals_report import show

CONSENT = Table(
    "withdrawals_consent",
    ("file", "consent"),
    {
        "file": str,  # "case:HM-0147"
        "consent": str,
        "position": int,
        "hash": str,
        "subject": str,
        "given_by": str,
        "authority": str,
        "explicit": bool,
        "purposes": list,
        "items": list,
        "recipients": list,
        "given_us": int,
        "expires": str,
        "review": str,
        "renews": str,
        "replaced_by": str,
        "replaced_us": int,
        "withdrawals": list,  # each: position, hash, at_us, by, scope, items, recipients, purposes, how, reason
        "told": list,  # each: recipient, disclosure, at_us, position
        "deletions": list,  # each: what ("confirmed", "declined"), disclosure, holder, at_us, position, basis, approver
    },
)
DISCLOSURE = Table(
    "withdrawals_disclosure",
    ("file", "disclosure"),
    {
        "file": str,
        "disclosure": str,
        "position": int,
        "at_us": int,
        "decision": str,
        "relies_on": list,  # of one that rests on no consent, neither this nor the following is kept
        "recipients": list,
        "purposes": list,
        "items": list,
    },
)
DECISION = Table(
    "withdrawals_decision",
    ("file", "decision"),
    {"file": str, "decision": str, "position": int, "subjects": list},
)


def apply(tables: Tables, reading: Reading) -> None:
    HANDLERS[reading.name](tables, f"{reading.about.type}:{reading.about.id}", reading)


def _given(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    row = tables.change(CONSENT.name, file, data["consent_id"])
    row["position"], row["hash"] = reading.position, reading.hash.hex()
    row["subject"], row["given_by"], row["authority"] = data["data_subject"], data["given_by"], data["authority"]
    row["explicit"], row["expires"], row["review"] = data["explicit"], data["expires_at"], data["review_on"]
    row["given_us"] = microseconds(data["given_at"]) or reading.occurred_us
    for name in ("purposes", "items", "recipients"):
        row[name] = data[name] or []
    if data.get("renews") not in (None, row["consent"]):
        earlier = tables.change(CONSENT.name, file, data["renews"])
        row["renews"] = earlier["consent"]
        earlier["replaced_by"], earlier["replaced_us"] = row["consent"], row["given_us"]


def _withdrawn(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    row = tables.change(CONSENT.name, file, data["consent_id"])
    row["withdrawals"] = [
        *(row["withdrawals"] or []),
        {
            "position": reading.position,
            "hash": reading.hash.hex(),
            "at_us": microseconds(data["effective_at"]) or reading.occurred_us,
            **{name: data[name] for name in ("by", "scope", "items", "recipients", "purposes")},
            **words_of(reading, "how", "reason"),
        },
    ]


def _told(tables: Tables, file: str, reading: Reading) -> None:
    consent, recipient, disclosure = pick(reading, reading.name, "consent_id", "recipient", "disclosure_id")
    row = tables.change(CONSENT.name, file, consent)
    told = {
        "recipient": recipient,
        "disclosure": disclosure,
        "at_us": reading.occurred_us,
        "position": reading.position,
    }
    row["told"] = [*(row["told"] or []), told]


def _deleted(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    row = tables.find(CONSENT.name, file, data["consent_id"]) if data["consent_id"] else None
    if row is None:
        return  # a partner's consent, which is no consent of this agency's
    row = tables.change(CONSENT.name, file, data["consent_id"])
    declined = reading.name == "DeletionDeclined"
    basis = data.get("basis")
    row["deletions"] = [
        *(row["deletions"] or []),
        {
            "what": "declined" if declined else "confirmed",
            "disclosure": data["disclosure_id"],
            "holder": data["holder"],
            "at_us": reading.occurred_us,
            "position": reading.position,
            "basis": basis.get("code") if isinstance(basis, dict) else None,
            "approver": data.get("approver"),
            **(words_of(reading, "reasons") if declined else {}),
        },
    ]


def _decided(tables: Tables, file: str, reading: Reading) -> None:
    decision, subjects = pick(reading, "DecisionMade", "decision_id", "data_subjects")
    row = tables.add(DECISION.name, file, decision)
    row["position"], row["subjects"] = reading.position, sorted(subjects or ())


def _disclosed(tables: Tables, file: str, reading: Reading) -> None:
    disclosure, decision, when, relies_on = pick(
        reading, "DisclosureMade", "disclosure_id", "decision_id", "when", "relies_on"
    )
    row = tables.add(DISCLOSURE.name, file, disclosure)
    row["position"], row["decision"] = reading.position, decision
    row["at_us"] = microseconds(when) or reading.occurred_us
    if relies_on:
        to, what, purposes = pick(reading, "DisclosureMade", "to", "what", "purposes")
        row["relies_on"] = relies_on
        row["recipients"] = sorted({r.get("agency") or r.get("person") for r in to or ()} - {None})
        row["purposes"], row["items"] = purposes or [], (what or {}).get("items") or []


HANDLERS = {
    "ConsentGiven": _given,
    "ConsentRenewed": _given,
    "ConsentWithdrawn": _withdrawn,
    "RecipientNotifiedOfWithdrawal": _told,
    "DeletionConfirmed": _deleted,
    "DeletionDeclined": _deleted,
    "DecisionMade": _decided,
    "DisclosureMade": _disclosed,
}
PROJECTION = Projection(
    name="withdrawals",
    title="Consents: given, relied on, withdrawn; who was told, and who deleted what",
    version=1,
    tables=(CONSENT, DISCLOSURE, DECISION),
    events=frozenset(HANDLERS),
    apply=apply,
    show=show,
)
