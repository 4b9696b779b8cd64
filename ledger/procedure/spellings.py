"""The tables of `aliases.py`: other names of commands and fields, structures said in a word, other words for codes."""

from __future__ import annotations

from typing import Any

from ledger.procedure.events.accountability import (
    PersonalDataBreachRecorded,
    SubjectRequestAnswered,
    SubjectRequestClockResumed,
    SubjectRequestClockStopped,
    SubjectRequestReceived,
)
from ledger.procedure.events.agency import (
    AgreementRegistered,
    LocalParameterSet,
    PolicyEditionAdopted,
    SecureMethodApproved,
)
from ledger.procedure.events.case import (
    AdviceSought,
    Compelled,
    Confidential,
    EntryCorrected,
    Grading,
    InformationCorrected,
    InformationRecorded,
    InformationRequested,
    RecipientNotifiedOfCorrection,
    ReconsiderationRequested,
    Requester,
)
from ledger.procedure.events.consent import (
    ConsentRefused,
    ConsentWithdrawn,
    DeletionConfirmed,
    DeletionDeclined,
    OtherBasis,
    RecipientNotifiedOfWithdrawal,
)
from ledger.procedure.events.context import (
    AdultAssociatedWithContext,
    ChildAssociatedWithContext,
    ContextIdentified,
    MissingEpisodeRecorded,
)
from ledger.procedure.events.decision import (
    Article6Basis,
    Article9Basis,
    ConsentPosition,
    IdentifiabilityConsidered,
    NfpRelation,
    Part3Processing,
    Recipient,
)
from ledger.procedure.events.disclosure import (
    DisclosureMade,
    DisclosureMisdirected,
    DisclosureReceived,
    How,
    Provider,
    Restriction,
    RestrictionImposed,
    Sender,
)
from ledger.procedure.events.links import AgencyJoinedCase, AgencyLeftCase, CaseLinked, RelationshipRecorded
from ledger.procedure.events.operations import ExtractIssued, Redaction
from ledger.procedure.events.oversight import CheckpointSigned, VerificationRun
from ledger.procedure.events.persons import PersonLinked, PrivacyInformationGiven, SecureEstate
from ledger.procedure.events.review import EntryRef, MissedOpportunityCoded, ReviewOpened, ReviewScopeSet
from ledger.procedure.events.scheme import (
    ClockExtended,
    ImmediateActionTaken,
    InterviewHeld,
    MappaConsulted,
    MultiAgencyForumHeld,
    NonDisclosureNotified,
    OutcomeNotifiedToApplicant,
    SchemeApplicationReceived,
    SchemeDecisionMade,
    SchemeReferralMade,
    SubjectRepresentations,
    SubjectRepresentationsConsidered,
)
from ledger.procedure.events.undertaking import (
    Delivery,
    DeliveryPlanned,
    LegalActionDecided,
    Officer,
    OnwardDisclosureAlleged,
    OnwardDisclosureAuthorised,
    OnwardDisclosureInvestigated,
    RecipientDeclinedToReceive,
    ReconsiderationDecided,
    RiskWeighing,
    SchemeDisclosureDelivered,
    UndertakingDeferred,
    UndertakingOffered,
    UndertakingRefused,
    UndertakingRepudiated,
    UndertakingSigned,
    UndertakingUnable,
    WarningGiven,
)

# Other names of commands: the catalogue puts two in one ("PersonalDataBreachRecorded/ReportedToRegulator").
RENAMED_COMMANDS = {"ReportedToRegulator": "PersonalDataBreachReportedToRegulator"}
_TO = dict.fromkeys(("recipient", "person"), "to")
_BY = dict.fromkeys(("recipient", "person"), "by")
# Other names of fields. That a name may lack its `_id`, `_ref` or plural, or have one too many, needs no row here.
RENAMED: dict[type, dict[str, str]] = {
    AdviceSought: {"about": "question"},
    AgreementRegistered: {"next_review": "review_on", "next_review_on": "review_on", "name": "title"},
    AgencyJoinedCase: {"agency_id": "agency", "role": "involvement"},
    AgencyLeftCase: {"agency_id": "agency"},
    AdultAssociatedWithContext: {"adult": "person", "basis": "how"},
    Article6Basis: {
        "contract": "contract_ref",
        "data_subject_is_party": "subject_is_party",
        "court_order": "citation",
        "court_order_ref": "citation",
        "order_ref": "citation",
        "function": "citation",
        "function_citation": "citation",
        "power": "citation",
        "balancing_statement": "balancing",
        "lia_ref": "balancing",
    },
    Article9Basis: {
        "reason": "reason_consent_not_obtained",
        "duty_of_secrecy": "secrecy_professional",
        "apd": "apd_ref",
        "legal_provision": "citation",
        "provision": "citation",
        "relation": "relations",
        "order_ref": "proceedings_ref",
        "proceedings": "proceedings_ref",
        "professional_under_secrecy": "secrecy_professional",
        "secrecy_bound_professional": "secrecy_professional",
        "safeguards": "safeguards_ref",
        "for_individual_decision": "individual_decision",
    },
    CaseLinked: dict.fromkeys(("cases", "linked_to", "other_case", "to", "to_case"), "linked_cases"),
    CheckpointSigned: {"root": "root_hash"},
    ChildAssociatedWithContext: {"child": "children", "basis": "how"},
    Confidential: {
        "some_sensitivity": "sensitive",
        "sensitivity": "sensitive",
        "not_public_knowledge": "not_public",
        "given_in_confidence": "understood_not_shared",
        "shared_in_confidence": "understood_not_shared",
        "understood_not_to_be_shared": "understood_not_shared",
        "understood_would_not_be_shared": "understood_not_shared",
    },
    ConsentRefused: {"refused_by": "by"},
    ConsentWithdrawn: {"withdrawn_by": "by"},
    ContextIdentified: {"description": "name"},
    DeletionConfirmed: {"agency": "holder", "recipient": "holder"},
    DeletionDeclined: {"agency": "holder", "recipient": "holder"},
    DisclosureMade: {
        "dispute_marked": "disputed_marked",
        "disputed_flagged": "disputed_marked",
        "cause": "delay_cause",
    },
    DisclosureMisdirected: dict.fromkeys(("intended_for", "intended_recipient", "intended_recipients"), "intended"),
    EntryCorrected: {"basis": "legal_basis"},
    ExtractIssued: {"legal_basis": "basis", "recipient": "to", "method": "how", "form": "extract_mode"},
    DisclosureReceived: {
        "unknown": "reasons_unknown",
        "consent_id": "relies_on",
        "consent_ids": "relies_on",
        "sender_disclosure_id": "disclosure_id",
    },
    InformationCorrected: dict.fromkeys(("content", "corrected_content", "new_content"), "correction"),
    InformationRecorded: {"child": "person"},
    InformationRequested: {
        "child": "persons",
        "data_subjects": "persons",
        "basis": "legal_basis",
        "from": "requester",
        "what": "question",
    },
    LocalParameterSet: {"parameter": "name"},
    MissingEpisodeRecorded: {"from": "missing_from", "to": "missing_to", "status": "state"},
    MissedOpportunityCoded: {"entry_refs": "entries"},
    Part3Processing: {"basis": "s35_basis"},
    PersonLinked: {"date_of_birth": "dob", "born": "dob"},
    PersonalDataBreachRecorded: {
        "aware_at": "discovered_at",
        "description": "what",
        "details": "what",
        "what_happened": "what",
    },
    PolicyEditionAdopted: {"adopted_at": "adopted_on", "from": "adopted_on"},
    PrivacyInformationGiven: {
        "kind": "form",
        "notice": "version",
        "notice_version": "version",
        "by_whom": "by",
        "when": "given_at",
    },
    Recipient: {"need_to_know": "need_to_know_reason"},
    RecipientNotifiedOfCorrection: {"agency": "recipient"},
    RecipientNotifiedOfWithdrawal: {"agency": "recipient"},
    ReconsiderationRequested: {"facts": "new_facts"},
    Redaction: {"code": "reason", "what": "explanation"},
    RelationshipRecorded: {"related_to": "related_id", "kind": "relationship", "from": "began_on", "to": "ended_on"},
    Restriction: {"target_persons": "persons"},
    RestrictionImposed: {"target_persons": "persons"},
    ReviewOpened: {"agency": "agencies"}
    | dict.fromkeys(("serious_harm_known_on", "serious_harm_known_at", "harm_known_on", "harm_known_at"), "known_on"),
    ReviewScopeSet: {"from": "period_from", "to": "period_to", "questions": "terms_of_reference"},
    SchemeApplicationReceived: {
        "child": "children",
        "children_in_family": "children",
        "applicant_role": "applicant_is",
        "family": "scheme_family",
        "relation_to_child": "applicant_relation",
        "relationship_to_child": "applicant_relation",
    },
    SecureEstate: {f"{which}{la}": f"{which}_la" for which in ("placing", "home", "host") for la in ("", "_LA")},
    SecureMethodApproved: {"from": "approved_on", "approved_from": "approved_on"},
    Sender: {"staff_ref": "staff"},
    SubjectRequestAnswered: {"request_id": "subject_request_id"},
    SubjectRequestClockResumed: {"request_id": "subject_request_id"},
    SubjectRequestClockStopped: {"request_id": "subject_request_id", "reason": "why"},
    SubjectRequestReceived: {"request_id": "subject_request_id", "data_subject": "person"},
    VerificationRun: {"first_bad": "failures"},
    SchemeReferralMade: {"children_in_family": "children", "family": "scheme_family"}
    | dict.fromkeys(("agency", "originator", "referred_by", "referrer"), "referring_agency"),
    ClockExtended: dict.fromkeys(("extended_to", "new_due", "new_deadline"), "until"),
    ImmediateActionTaken: {"what": "action"},
    InterviewHeld: dict.fromkeys(("identity_seen", "identity_verified", "proof_of_identity_seen"), "id_seen")
    | {"proof_of_address_seen": "address_seen", "relationship_to_child_seen": "relationship_seen"},
    MappaConsulted: {"authority": "responsible_authority", "ra": "responsible_authority"},
    MultiAgencyForumHeld: {"attendees": "agencies", "kind": "forum"},
    NonDisclosureNotified: {"applicant": "to", **_TO},
    OutcomeNotifiedToApplicant: {"applicant": "to", "content": "content_given", "content_included": "content_given"},
    SchemeDecisionMade: {
        "authorised_by": "decided_by",
        "child_interests": "childs_interests",
        "children_considered": "child_impact_considered",
        "decision": "outcome",
        "presumption": "presumption_applied",
        "recipient_is": "recipient_role",
        "representations": "subject_representations",
    },
    SubjectRepresentationsConsidered: {"representations": "considered"},
    Delivery: {"method": "mode", "safe_environment": "safe_environment_confirmed"},
    DeliveryPlanned: {"to": "recipient", "safe_environment": "safe_environment_confirmed"}
    | dict.fromkeys(("planned_at", "time", "when"), "planned_for"),
    LegalActionDecided: {"decision": "action", "outcome": "action"},
    OnwardDisclosureAlleged: {"against": "by", "channel": "how", "means": "how", **_BY},
    OnwardDisclosureAuthorised: {"confidant": "to", "person": "to"},
    OnwardDisclosureInvestigated: {"finding": "outcome", "result": "outcome"},
    ReconsiderationDecided: dict.fromkeys(("alternative_recipient", "new_recipient"), "recipient")
    | dict.fromkeys(("authorised_by", "officer"), "authorising_officer"),
    RecipientDeclinedToReceive: _BY,
    RiskWeighing: {
        "child": "child_if_not_disclosed",
        "person_at_risk": "person_at_risk_if_not_disclosed",
        "risk_to_child_if_not_disclosed": "child_if_not_disclosed",
        "risk_to_subject_if_disclosed": "subject_if_disclosed",
        "subject": "subject_if_disclosed",
    },
    SchemeDisclosureDelivered: {"delivered_to": "to", **_TO}
    | dict.fromkeys(("content", "summary"), "what")
    | dict.fromkeys(("delivery_mode", "how", "method"), "delivery"),
    UndertakingDeferred: _BY,
    UndertakingOffered: {"offered_to": "to", "wording": "wording_version", **_TO},
    UndertakingRefused: {
        "clauses_objected_to": "clauses_objected",
        "reason_code": "category",
        "refused_by": "by",
        **_BY,
    },
    UndertakingRepudiated: _BY,
    UndertakingSigned: {"signed_by": "by", **_BY},
    UndertakingUnable: {"category": "reason", "kind": "reason", **_BY},
    WarningGiven: dict.fromkeys(("confidentiality", "undertaking", "undertaking_requested"), "undertaking_explained")
    | _TO,
}
# What a text says where a structure is asked for.
IN_A_WORD: dict[type, str] = {
    Article6Basis: "code",
    Article9Basis: "code",
    Compelled: "kind",
    ConsentPosition: "state",
    Delivery: "mode",
    EntryRef: "hash",
    Grading: "assessment",
    How: "method",
    IdentifiabilityConsidered: "chosen",
    NfpRelation: "relation",
    Officer: "staff_ref",
    OtherBasis: "code",
    Provider: "agency",
    Recipient: "agency",
    Redaction: "reason",
    Requester: "agency",
    Restriction: "code",
    RiskWeighing: "weighing",
    SubjectRepresentations: "state",
}
# Where a text says more than the yes or no that is asked for, and where it belongs.
TOLD_BESIDE: dict[type, dict[str, str]] = {MissingEpisodeRecorded: {"return_interview": "return_interview_notes"}}
# The same where the text is as good as a yes.
TOLD_BESIDES_YES: dict[type, dict[str, str]] = {
    Article9Basis: {"secrecy_professional": "statement"},
    OutcomeNotifiedToApplicant: {"content_given": "told"},
}
# Where words are asked for and a yes is enough.
YES_IN_WORDS: dict[type, tuple[str, ...]] = {Article6Basis: ("child_weighting",)}
# Names under which others may stand one level deeper; where such a name says only yes, what it stands for.
DEEPER: dict[type, dict[str, dict[str, Any]]] = {
    Confidential: {
        key: {"sensitive": True, "not_public": True, "understood_not_shared": True}
        for key in ("tests", "tests_met", "three_tests", "three_tests_met")
    },
    ConsentPosition: {"consent_position": {}, "position": {}},
    ExtractIssued: {"third_parties_pseudonymised": {"third_parties": "pseudonymised"}},
    MissingEpisodeRecorded: {"missing": {"state": "missing"}, "at_risk": {"state": "at_risk"}},
    PrivacyInformationGiven: {"form": {}},
    SubjectRepresentations: {"sought": {"state": "sought"}},
    SubjectRepresentationsConsidered: {"sought": {"state": "sought"}},
}
ADDRESSEE = {"agency", "person", "named_recipient"}  # of whom a text may speak where it is asked who
CONSENT_KEYS = ("consent_ids", "consent_id", "consents")  # where a condition names the consents it rests on
# In a list of what may also be written as a map: the names of the key.
KEYS = ("person_id", "person", "data_subject")
# Other words for codes, by vocabulary.
OTHER_WORDS: dict[str, dict[str, str]] = {
    "advice_topics": {"secure_sending": "secure_method", "security": "secure_method", "method": "secure_method"},
    "abuse_kinds": {
        "coercive_control": "controlling_or_coercive",
        "emotional": "psychological_or_emotional",
        "physical": "physical_or_sexual",
        "psychological": "psychological_or_emotional",
        "sexual": "physical_or_sexual",
        "violence": "violent_or_threatening",
    },
    "age_bands": {"12-15": "12_to_15", "16-17": "16_to_17"},
    "applicant_positions": {"self": "person_at_risk"},
    "consent_not_sought_reasons": {"not_reasonable": "not_reasonable_to_obtain"},
    "relationships": {
        "boyfriend": "partner",
        "civil_partner": "spouse_or_civil_partner",
        "cohabiting": "partner",
        "ex": "ex_partner",
        "ex_spouse": "ex_partner",
        "former_partner": "ex_partner",
        "girlfriend": "partner",
        "husband": "spouse_or_civil_partner",
        "in_a_relationship": "partner",
        "intimate_partner": "partner",
        "married": "spouse_or_civil_partner",
        "spouse": "spouse_or_civil_partner",
        "wife": "spouse_or_civil_partner",
    },
    "body_relations": {"contact": "regular_contact", "former": "former_member"},
    "exemptions": {"third_parties": "third_party", "lpp": "legal_privilege"},
    "family_relationships": {
        "mother": "parent",
        "father": "parent",
        "brother": "sibling",
        "sister": "sibling",
        "spouse": "spouse_or_civil_partner",
    },
    "involvements": {"placing": "placing_la", "home": "home_la", "host": "host_la"},
    "retention_outcomes": {"retain": "keep", "destroy": "erase"},
    "review_kinds": {
        "rapid": "rapid_review",
        "cspr": "LCSPR",
        "scr": "legacy_SCR",
        "serious_case_review": "legacy_SCR",
        "DHR/DARDR": "DARDR",
    },
    "subject_request_kinds": {"subject_access": "access", "dsar": "access", "sar": "access"},
    "redaction_reasons": {"third_parties": "third_party", "third_party_data": "third_party", "lpp": "legal_privilege"},
    "schedule_1_reasons": {"not_reasonable": "not_reasonable_to_obtain"},
    "scheme_access": {"some_contact": "some_form_of_contact"},
    "scheme_bases": {"behaviour": "behaviour_information", "convictions_for_violent_offences": "convictions"},
    "delivery_modes": {"by_letter": "letter", "face_to_face": "in_person", "in_writing": "letter", "post": "letter"},
    "reconsideration_outcomes": {"escalate": "escalate_to_multi_agency"},
    "scheme_endings": {"completed": "disclosed", "delivered": "disclosed"},
    "scheme_families": {"clares_law": "dvds", "sarahs_law": "csods"},
    "scheme_outcomes": {
        "do_not_disclose": "no_disclosure",
        "non_disclosure": "no_disclosure",
        "not_disclose": "no_disclosure",
    },
    "scheme_routes": {"rta": "right_to_ask", "rtk": "right_to_know"},
    "third_party_data": {"removed": "redacted", "taken_out": "redacted", "pseudonymized": "pseudonymised"},
    "unable_reasons": {"language": "language_or_format", "format": "language_or_format"},
}
# The article that a bare letter belongs to.
CONDITIONS = {"article_6_conditions": "6", "article_9_conditions": "9", "conditions": ""}
