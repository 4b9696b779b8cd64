"""Every event that the requirements name (§2) can be recorded, in the stream they give it."""

import pytest

from ledger.procedure import judgement  # noqa: F401  (declares every kind)
from ledger.procedure.declare import BY_NAME

NAMED = {
    "agency operations": """
        AgencyRegistered StaffEnrolled StaffDeactivated PolicyEditionRegistered PolicyEditionAdopted LocalParameterSet
        SecureMethodApproved SecureMethodWithdrawn AgreementRegistered AgreementReviewed AgreementEnded DpiaConsidered
        DpiaCompleted PrivacyNoticePublished AppropriatePolicyDocumentRegistered CheckpointSigned VerificationRun
        ExtractIssued ExtractVerified AccessLogged CommandRefused LegalHoldPlaced LegalHoldReleased RetentionReviewed
        InformationErased
    """,
    "case": """
        CaseOpened CaseClosed CaseReopened PersonLinked RelationshipRecorded CaseLinked AgencyJoinedCase AgencyLeftCase
        PrivacyInformationGiven PersonInformed InformingWithheld InformationRecorded InformationCorrected
        CompetenceAssessed ConsentRequested ConsentGiven ConsentRefused ConsentNotSought ConsentWithdrawn ConsentRenewed
        ConsentInvalidated RecipientNotifiedOfWithdrawal DeletionConfirmed DeletionDeclined InDoubtRaised AdviceSought
        AdviceReceived InformationRequested DecisionMade ReconsiderationRequested DecisionReconsidered
        DecisionReviewedByManager DisclosureMade DisclosureMisdirected RecipientAdvisedOfConsentPosition
        DisclosureReceived RestrictionImposed RestrictionLifted OnwardDisclosureRecorded RecipientNotifiedOfCorrection
        PersonalDataBreachRecorded PersonalDataBreachReportedToRegulator ComplaintReceived ComplaintClosed
        SubjectRequestReceived SubjectRequestAnswered EntryAnnotated EntryCorrected
    """,
    "context": """
        ContextIdentified ChildAssociatedWithContext AdultAssociatedWithContext MissingEpisodeRecorded
        ReturnInterviewRecorded ExploitationConcernRecorded ContextReviewed
    """,
    "scheme": """
        SchemeApplicationReceived SchemeReferralMade InitialChecksCompleted ImmediateActionTaken
        ApplicationNotProgressed InterviewHeld IdentityVerified IdentityNotVerified RiskAssessmentStarted
        RiskAssessmentCompleted MappaConsulted MultiAgencyForumHeld SubjectRepresentationsConsidered SchemeDecisionMade
        ClockExtended DeliveryPlanned WarningGiven UndertakingOffered UndertakingSigned UndertakingRefused
        UndertakingUnable UndertakingDeferred UndertakingRepudiated ReconsiderationDecided RecipientDeclinedToReceive
        SchemeDisclosureDelivered NonDisclosureNotified OutcomeNotifiedToApplicant OnwardDisclosureAuthorised
        OnwardDisclosureAlleged OnwardDisclosureInvestigated LegalActionDecided SchemeClosed
    """,
    "review": """
        ReviewOpened ReviewScopeSet MissedOpportunityCoded ReviewQuestionRaised ReviewQuestionAnswered ReviewClosed
    """,
}
# Said by one event here: the genesis enrols the agency's key; a recovery revokes one and brings another in.
BY_ANOTHER = {"SigningKeyEnrolled": "LedgerOpened", "SigningKeyRevoked": "SigningKeyRecovered"}
# Written by the ledger about what it did, never at somebody's command.
BY_THE_LEDGER = {"LedgerOpened", "CommandRefused"}
# What a key rotation and a recovery leave in the chain is not a command of the procedure either.
OF_THE_KEYS = {"SigningKeyRotated", "SigningKeyRecovered"}

EVENTS = [(streams, name) for streams, names in NAMED.items() for name in names.split()]


@pytest.mark.parametrize(("streams", "name"), EVENTS, ids=[name for _, name in EVENTS])
def test_an_event_of_the_requirements_has_its_kind(streams, name):
    assert BY_NAME[name].commanded == (name not in BY_THE_LEDGER)
    assert set(streams.split()) & set(BY_NAME[name].streams)


def test_the_events_of_keys_are_said_otherwise():
    assert {*BY_ANOTHER.values(), *OF_THE_KEYS} <= set(BY_NAME)
    assert not {*BY_ANOTHER, *OF_THE_KEYS} & {name for name, kind in BY_NAME.items() if kind.commanded}
    assert {name for name in BY_NAME if name.startswith("SigningKey")} == OF_THE_KEYS
