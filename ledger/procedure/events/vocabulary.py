"""The codes of the procedure, by the name of the vocabulary that the editions give them under.

Which codes there are is the editions' to say (rule ST-03); here stands only where they may be used.
"""

from __future__ import annotations

from typing import Annotated

from ledger.procedure.declare import Code, Defines, Id, Refers, Vocabulary

AgencyKind = Annotated[Code, Vocabulary("agency_kinds")]
PersonRole = Annotated[Code, Vocabulary("person_roles")]
StaffRole = Annotated[Code, Vocabulary("staff_roles")]
AgeBand = Annotated[Code, Vocabulary("age_bands")]
PrBasis = Annotated[Code, Vocabulary("pr_bases")]
Purpose = Annotated[Code, Vocabulary("purposes")]
InformationKind = Annotated[Code, Vocabulary("information_kinds")]
SpecialCategory = Annotated[Code, Vocabulary("special_categories")]
StatementKind = Annotated[Code, Vocabulary("statement_kinds")]
Identifiability = Annotated[Code, Vocabulary("identifiabilities")]
Method = Annotated[Code, Vocabulary("methods")]
Justification = Annotated[Code, Vocabulary("confidence_justifications")]
InformingException = Annotated[Code, Vocabulary("informing_exceptions")]
NotSoughtReason = Annotated[Code, Vocabulary("consent_not_sought_reasons")]
ConsentState = Annotated[Code, Vocabulary("consent_states")]
ConsentAuthority = Annotated[Code, Vocabulary("consent_authorities")]
WithdrawalScope = Annotated[Code, Vocabulary("withdrawal_scopes")]
WithholdReason = Annotated[Code, Vocabulary("withhold_reasons")]
NotToldReason = Annotated[Code, Vocabulary("not_told_reasons")]
RiskLevel = Annotated[Code, Vocabulary("risk_levels")]
Outcome = Annotated[Code, Vocabulary("outcomes")]
Regime = Annotated[Code, Vocabulary("regimes")]
Article6 = Annotated[Code, Vocabulary("article_6_conditions")]
Article9 = Annotated[Code, Vocabulary("article_9_conditions")]
Condition = Annotated[Code, Vocabulary("conditions")]
Schedule1Reason = Annotated[Code, Vocabulary("schedule_1_reasons")]
RestrictionCode = Annotated[Code, Vocabulary("restrictions")]
AdviserRole = Annotated[Code, Vocabulary("adviser_roles")]
AdviceTopic = Annotated[Code, Vocabulary("advice_topics")]
PrivacyForm = Annotated[Code, Vocabulary("privacy_forms")]
Compulsion = Annotated[Code, Vocabulary("compulsions")]
DelayCause = Annotated[Code, Vocabulary("delay_causes")]
Marking = Annotated[Code, Vocabulary("markings")]
ExtractMode = Annotated[Code, Vocabulary("extract_modes")]

Person = Annotated[Id, Refers("person")]
Item = Annotated[Id, Refers("item")]
Consent = Annotated[Id, Refers("consent")]
Decision = Annotated[Id, Refers("decision")]
Request = Annotated[Id, Refers("request")]
Advice = Annotated[Id, Refers("advice")]
Disclosure = Annotated[Id, Refers("disclosure")]

NewPerson = Annotated[Id, Defines("person")]
NewItem = Annotated[Id, Defines("item")]
NewConsent = Annotated[Id, Defines("consent")]
NewDecision = Annotated[Id, Defines("decision")]
NewRequest = Annotated[Id, Defines("request")]
NewAdvice = Annotated[Id, Defines("advice")]
NewDisclosure = Annotated[Id, Defines("disclosure")]
NewReceipt = Annotated[Id, Defines("receipt")]
