"""Why something is withheld from an extract, in words for whoever is given it: a court, a partner, the person."""

from __future__ import annotations

from collections.abc import Iterable

from cli.pages import spoken

REASONS = {
    "third_party": "it is about somebody else, or could show who they are.",
    "restricted": "whoever provided it said who may not read it, and it stays so.",
    "serious_harm": "showing it would be likely to do serious harm to somebody's health.",
    "child_abuse_data": "it is about the abuse of a child, and showing it would not be in that child's interests.",
    "crime": "showing it would be likely to hinder preventing a crime, or finding or prosecuting whoever did it.",
    "legal_privilege": "it is confidential between a lawyer and whom they advise.",
    "court_order": "a court has said that it is not to be shown.",
    "not_relevant": "it is no part of what this is for, as the order or the authors of the agency's records.",
    "erased": "it was erased, and nobody can read it any more.",
    "not_available": "the agency could not read it when this was made. Ask it why.",
    "other": "for a reason that has no name of its own here. Ask the agency which.",
}


def meanings(codes: Iterable[str]) -> list[tuple[str, str]]:
    """What each of these reasons means, with its name as it is shown; nothing for one that is not known here."""
    return [(spoken(code), REASONS[code]) for code in sorted(set(codes)) if code in REASONS]
