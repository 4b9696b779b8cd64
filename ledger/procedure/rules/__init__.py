"""The rules of the procedure, one module for each part of it; importing this package registers them all.

Read `registry.py` (how a rule is written), `sharing.py` (what is shared here, with whom, about whom), then any of the
others: each reads like the paragraph of the procedure that it serves.
"""

from ledger.procedure.rules import (
    accuracy,
    advice,
    confidence,
    consent,
    consent_given,
    extract,
    informing,
    legal_basis,
    need,
    recipient,
    scheme,
    security,
    special_category,
    structure,
    time_limits,
    undertaking,
    withhold,
)

__all__ = [
    "accuracy",
    "advice",
    "confidence",
    "consent",
    "consent_given",
    "extract",
    "informing",
    "legal_basis",
    "need",
    "recipient",
    "scheme",
    "security",
    "special_category",
    "structure",
    "time_limits",
    "undertaking",
    "withhold",
]
