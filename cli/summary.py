"""What is about to be recorded, in a few lines: what was answered, and what was prefilled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.words import listed

Said = Mapping[str, Any]


def show(commands: Sequence[Said], to: Callable[[object], None]) -> None:
    """Show the commands of one decision, a line each thing said."""
    for label, text in lines(commands):
        to(f"  {label:<9} {text}")


def lines(commands: Sequence[Said]) -> Iterator[tuple[str, str]]:
    """Each thing said, with its label."""
    last = commands[-1]
    decision = last.get("decision", last)
    by_kind = [c for c in commands if c["do"] == "InformationRecorded"]
    new = [c["person_id"] for c in commands if c["do"] == "PersonLinked"]
    yield "Case", f"{last['case']}{' (new)' if commands[0]['do'] == 'CaseOpened' else ''}"
    about = [f"{p} (new)" if p in new else p for p in decision.get("data_subjects", {})]
    yield "About", listed(about) or "the items"
    yield from (("Known", f"{c['item_id']} ({c['statement_kind']}): {c.get('content', '')}") for c in by_kind)
    yield "To" if decision is not last else "Not to", listed([_name(r) for r in decision.get("recipients", ())])
    if decision is not last:
        yield from _sharing(last, decision)
    else:
        yield from _withholding(decision)


def _sharing(disclosure: Said, decision: Said) -> Iterator[tuple[str, str]]:
    how = disclosure.get("how", {})
    yield "How", f"{how.get('method')}{', ' + disclosure['when'] if 'when' in disclosure else ''}"
    yield "Why", str(decision.get("urgent_reason") or decision.get("reasons"))
    yield "Risk", f"{decision.get('risk_level')}{', urgent' if decision.get('urgent') else ''}"
    yield "Purpose", ", ".join(decision.get("purposes", ()))
    yield "Basis", "; ".join(_basis(decision.get("legal_basis", {})))
    for person, position in decision.get("data_subjects", {}).items():
        why = position.get("reason") or position.get("consent_id")
        yield "Consent", f"{person}: {position.get('state')}{f' ({why})' if why else ''}"
    for entry in decision.get("informing", ()):
        yield "Informing", _informing(entry)
    told = disclosure.get("consent_advice_to_recipient")
    if told:
        yield "Tell them", f"consent: {told.get('state')}" if told.get("advised") else f"no: {told['withheld_reason']}"
    if justified := decision.get("confidence_justification"):
        yield "Confided", justified
    if disclosure.get("opinion_marked"):
        yield "Tell them", "what of it is not fact"


def _withholding(decision: Said) -> Iterator[tuple[str, str]]:
    withheld = decision["if_withheld"]
    yield "Reason", f"{', '.join(withheld['reason_codes'])}: {decision.get('reasons')}"
    yield "If not", str(withheld.get("risk_of_not_sharing"))
    if compared := withheld.get("detriment_comparison"):
        yield "Compared", compared
    yield "Risk", str(decision.get("risk_level"))
    yield "Again on", str(withheld.get("review_on"))
    if told_at := withheld.get("requester_told_at"):
        yield "Tell them", f"by {told_at[:16].replace('T', ' ')}"


def _name(recipient: Said) -> str:
    return str(recipient.get("agency") or recipient.get("person"))


def _basis(basis: Said) -> Iterator[str]:
    for entry in (*basis.get("art6", ()), *basis.get("art9", ())):
        paragraph = entry.get("sch1_para")
        more = entry.get("citation") or (f"Schedule 1 paragraph {paragraph}" if paragraph else "")
        yield f"{entry['code']} {more}".strip()
    if "art10" in basis:
        yield f"Article 10: Schedule 1 paragraph {basis['art10']['sch1_para']}"
    if "part3" in basis:
        yield f"DPA 2018 Part 3, Schedule 8 paragraph {basis['part3']['sch8_para']}"


def _informing(entry: Said) -> str:
    who = entry.get("person", "a parent")
    if "informed_at" in entry:
        return f"{who} knows"
    return f"{who} is not told ({entry['exception']}); looked at again on {entry.get('review_on')}"
