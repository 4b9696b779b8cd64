"""What may be kept of a command that was refused: its codes, and nothing that says whom it was about (R0.8)."""

from __future__ import annotations

import re

from ledger.procedure.command import Command
from ledger.procedure.declare import Vocabulary, marked
from ledger.procedure.state.agency import Agency

CONDITIONS = frozenset({"article_6_conditions", "article_9_conditions", "conditions"})
FLAGS = ("public_authority", "competent_authority", "scheme_manager", "nfp_aim")
PARAGRAPH = re.compile("[1-9][0-9]?")  # of Annex 1; a longer number may be somebody's
CODES = CONDITIONS | {"outcomes", "risk_levels", "methods", "withhold_reasons", "consent_states", "regimes"}


def codes_of(command: Command, agency: Agency) -> dict[str, tuple[str, ...]]:
    """The codes a refused command used, as far as an edition knows them, and the agency's flags that rules look at."""
    found: dict[str, set[str]] = {}
    for event in (command.event, command.decision):
        for _, vocabulary, code in marked(event, Vocabulary) if event is not None else ():
            if vocabulary.name in CODES and code in agency.book.codes(vocabulary.name):
                name = "conditions" if vocabulary.name in CONDITIONS else vocabulary.name
                found.setdefault(name, set()).add(code)
        basis = getattr(event, "legal_basis", None) or getattr(event, "basis", None)  # an extract's
        for entry in getattr(basis, "art6", ()):
            if PARAGRAPH.fullmatch(paragraph := str(entry.annex1_para)):
                found.setdefault("annex1_para", set()).add(paragraph)
    found["flags"] = {flag for flag in FLAGS if agency.has(flag)}
    return {name: tuple(sorted(codes)) for name, codes in sorted(found.items()) if codes}
