"""What does one case or scheme application look like, now or then?

The table says which parts a file has (persons, consents, decisions, disclosures …) and in which records each part was
said or changed; the answer opens those records. Where the file stands, how each consent stands and which clocks run is
the procedure's own fold. Without a case or scheme, the answer is the list of all files.
"""

from __future__ import annotations

from ledger import BY_NAME, Reading
from projections.case_view import narrow, show
from projections.fields import pick
from projections.projection import Projection
from projections.tables import Table, Tables

FILE = Table(
    "case_file",
    ("type", "id"),
    {
        "type": str,
        "id": str,
        "opened_us": int,
        "closed_us": int,
        "records": int,
        "counts": dict,  # how many parts of each sort
        "last_position": int,
    },
)
PART = Table(
    "case_part",
    ("type", "id", "sort", "ref"),
    {"type": str, "id": str, "sort": str, "ref": str, "position": int, "later": list},
)
# Which part of its file an event is about, and the field that names it; where none does, each event is a part.
PARTS = {
    "PersonLinked": ("persons", "person_id"),
    "CompetenceAssessed": ("persons", "person"),
    "InformationRecorded": ("information", "item_id"),
    "InformationCorrected": ("information", "item_id"),
    "ConsentGiven": ("consents", "consent_id"),
    "ConsentRenewed": ("consents", "consent_id"),
    "ConsentInvalidated": ("consents", "consent_id"),
    "ConsentWithdrawn": ("consents", "consent_id"),
    "RecipientNotifiedOfWithdrawal": ("consents", "consent_id"),
    "DeletionConfirmed": ("consents", "consent_id"),
    "DeletionDeclined": ("consents", "consent_id"),
    "ConsentRequested": ("consent_positions", None),
    "ConsentRefused": ("consent_positions", None),
    "ConsentNotSought": ("consent_positions", None),
    "PrivacyInformationGiven": ("informing", None),
    "PersonInformed": ("informing", None),
    "InformingWithheld": ("informing", None),
    "InformationRequested": ("requests", "request_id"),
    "ReconsiderationRequested": ("requests", "request_id"),
    "InDoubtRaised": ("advice", None),
    "AdviceSought": ("advice", "advice_id"),
    "AdviceReceived": ("advice", "advice_id"),
    "DecisionMade": ("decisions", "decision_id"),
    "DecisionReconsidered": ("decisions", "decision_id"),
    "DecisionReviewedByManager": ("decisions", "decision_id"),
    "DisclosureMade": ("disclosures", "disclosure_id"),
    "DisclosureMisdirected": ("disclosures", "disclosure_id"),
    "RecipientAdvisedOfConsentPosition": ("disclosures", "disclosure_id"),
    "ReceiptConfirmed": ("disclosures", "disclosure_id"),
    "DisclosureReceived": ("receipts", "receipt_id"),
    "RestrictionImposed": ("restrictions", "restriction_id"),
    "RestrictionLifted": ("restrictions", "restriction_id"),
    "EntryAnnotated": ("notes", None),
    "EntryCorrected": ("notes", None),
    "SchemeDecisionMade": ("scheme_decisions", None),
    "WarningGiven": ("warnings", None),
    "UndertakingOffered": ("undertakings", None),
    "UndertakingSigned": ("undertakings", None),
    "UndertakingUnable": ("undertakings", None),
    "UndertakingDeferred": ("undertakings", None),
    "UndertakingRepudiated": ("undertakings", None),
    "RecipientDeclinedToReceive": ("undertakings", None),
    "UndertakingRefused": ("undertakings", None),
    "ReconsiderationDecided": ("reconsiderations", None),
    "MultiAgencyForumHeld": ("forums", None),
    "SchemeDisclosureDelivered": ("deliveries", None),
    "OnwardDisclosureAuthorised": ("onward", None),
    "OnwardDisclosureAlleged": ("onward", None),
    "OnwardDisclosureInvestigated": ("onward", None),
    "LegalActionDecided": ("onward", None),
}
FILES = frozenset({"case", "scheme"})
OPENED = frozenset({"CaseOpened", "SchemeApplicationReceived", "SchemeReferralMade"})
CLOSED = frozenset({"CaseClosed", "SchemeClosed"})
ALWAYS_NEW = frozenset({"InformationRecorded", "DecisionMade", "DisclosureMade"})  # an id is given once in a file
REOPENED = frozenset({"CaseReopened"})


def apply(tables: Tables, reading: Reading) -> None:
    kind, file_id = reading.about
    if kind not in FILES:  # some kinds stand in other streams too
        return
    name, file = reading.name, tables.change(FILE.name, kind, file_id)
    file["records"] = reading.version
    file["last_position"] = reading.position
    if part_of := PARTS.get(name):
        sort, field = part_of
        if _is_new(tables, (kind, file_id, sort), name, field, reading):
            counts = file["counts"] = file["counts"] or {}
            counts[sort] = counts.get(sort, 0) + 1
    elif name in OPENED:
        file["opened_us"] = reading.occurred_us
    elif name in CLOSED:
        file["closed_us"] = reading.occurred_us
    elif name in REOPENED:
        file["closed_us"] = None


def _is_new(tables: Tables, key: tuple[str, str, str], name: str, field: str | None, reading: Reading) -> bool:
    """Note the record under its part; whether the part is met for the first time."""
    ref = pick(reading, name, field)[0] if field else None
    if ref is None or name in ALWAYS_NEW:
        part = tables.add(PART.name, *key, ref or f"#{reading.position}")
    else:
        part = tables.change(PART.name, *key, ref)
        if part["position"] is not None:
            part["later"] = [*(part["later"] or ()), reading.position]
            return False
    part["position"] = reading.position
    return True


PROJECTION = Projection(
    name="case",
    title="A case or scheme application: persons, consents, decisions, disclosures, receipts, findings, chronology",
    version=4,
    tables=(FILE, PART),
    events=frozenset(name for name, kind in BY_NAME.items() if FILES & {*kind.streams}),
    apply=apply,
    show=show,
    args=("case", "scheme", "id"),
    narrow=narrow,
    known=True,
)
