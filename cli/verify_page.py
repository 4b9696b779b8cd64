"""The page of a verification: the verdict, then what was checked, what was not, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cli.words import count, listed, say

COLOURS = {"verified": "green", "failed": "red", "undecided": "yellow"}
HEADS = 9
STEPS = {
    1: "its shape",
    2: "its ledger and position",
    3: "the hash of the record before it",
    4: "its hour",
    5: "its key",
    6: "its signature",
    7: "its content",
    8: "its fields",
    HEADS: "the heads kept outside",
}


def show(found: Mapping[str, Any]) -> None:
    """The verdict, then what was and what was not checked."""
    say(headline(found), colour=COLOURS[found["verdict"]], bold=True)
    if found["practice"]:
        say("PRACTICE LEDGER: its times were supplied, and it is evidence of nothing.", colour="magenta", bold=True)
    for sentence in (*_checked(found), *_odd(found)):
        say(f"  {sentence}")


def headline(found: Mapping[str, Any]) -> str:
    """The verdict in one line."""
    held = f"{count(found['records'], 'record')}, head {found['head']}"
    bad = found["first_bad"]
    if found["verdict"] == "verified" or not bad:
        return f"{found['verdict'].capitalize()}: {held}"
    if not bad["position"]:
        return f"{found['verdict'].capitalize()}: {bad['reason']}"
    step = STEPS.get(bad["step"], "what it says")
    where = f"position {bad['position']}, step {bad['step']} ({step})"
    return f"{found['verdict'].capitalize()} at {where}: {bad['reason']}"


def _checked(found: Mapping[str, Any]) -> Iterator[str]:
    """What was checked, and what was not."""
    which = "every one" if found["signatures"] >= found["records"] else "those that vouch for the rest"
    if found["verdict"] != "failed":
        yield f"Checked: every stored byte, and {count(found['signatures'], 'signature')} ({which})."
    if found["unchecked"]:
        yield f"Not checked: the sealed part of {count(found['unchecked'], 'record')}. {found['vault']}"
    if found["trust"] == "self":
        yield "Not checked: whose it is. It agrees with its own charter; --trust FILE holds it against a key you know."
    elif found["verdict"] == "verified":
        yield f"Checked: by your trust file it is the ledger of {found['trust']}."
    if found["heads_given"]:
        yield f"Checked: of {count(found['heads_given'], 'head')} kept elsewhere, {found['heads']} in it."
    if found["verdict"] != "failed":
        yield from _elsewhere(found)


def _elsewhere(found: Mapping[str, Any]) -> Iterator[str]:
    """What others hold of this ledger, without which its end could be cut off and all of it be written anew."""
    for anchor in found["anchors"]:
        if anchor["kind"] == "partner":
            yield from _told(anchor)
            continue
        receipt = f", a receipt for record {anchor['position']}" if anchor["position"] else ""
        extract = ", an extract" if anchor["kind"] == "extract" else ""
        held = f"begins with the {count(anchor['size'], 'record')} of {anchor['file']}"
        yield f"Checked: it {held}, signed {anchor['signed_at']}{receipt}{extract}."
        if found["witnesses_needed"]:
            by = f"Cosigned by {listed(anchor['witnesses'])}" if anchor["witnesses"] else "Cosigned by no witness"
            enough = "it counts" if anchor["counts"] else "it does not count"
            needed = count(found["witnesses_needed"], "is wanted", "are wanted")
            yield f"  {by} of the policy; {needed}: {enough}."
    if not (found["heads_given"] or found["anchors"]):
        yield "Not checked: anything kept elsewhere (--against FILE, --head POSITION:HASH). A cut end does not show."
    elif found["unknown_elsewhere"]:
        last = count(found["unknown_elsewhere"], "record")
        yield f"The last {last} {'is' if last == '1 record' else 'are'} known to nobody else: give a checkpoint away."


def _told(anchor: Mapping[str, Any]) -> Iterator[str]:
    """What a partner's extract quotes of this ledger."""
    partner, quotes = anchor["partner"], anchor["quotes"]
    held = sorted({quote["position"] for quote in quotes if quote["position"]})
    if held:
        noun = "record" if len(held) == 1 else "records"
        yield f"Checked: {partner} holds {noun} {listed([str(position) for position in held])}, by {anchor['file']}."
    for quote in quotes:
        if quote["names_us"] and not quote["position"]:
            yield f"Not found: record {quote['record']} of {partner} quotes a record of this ledger that is not in it."
            yield f"  Ask {partner} for what this agency signed then, and verify against that: it decides."
    if not any(quote["position"] or quote["names_us"] for quote in quotes):
        yield f"Not checked: {anchor['file']} of {partner} quotes no record of this ledger."


def _odd(found: Mapping[str, Any]) -> Iterator[str]:
    """What is worth knowing though it fails nothing, and what could not be decided."""
    if found["erased"]:
        yield f"Erased since, each by a recorded erasure: content of {count(found['erased'], 'record')}."
    if found["undestroyed"]:
        keys = "a key" if found["undestroyed"] == 1 else f"{found['undestroyed']} keys"
        yield f"Reported: the vault holds {keys} of what was erased: an old copy of it was put back."
        yield "  The next verb that opens the vault destroys them again, such as 'ruleseven case'; then verify again."
    for dispute in found["disputes"]:
        span = f"records {dispute['first']} to {dispute['last']}"
        yield f"Disputed: {span}. The recovery at {dispute['recovery']} says that the signing key was not safe then."
        if dispute["anchors"]:
            yield f"  Of these, what stands up to record {dispute['anchors'][-1]['position']} was known elsewhere."
    if found["triggers_missing"]:
        gone = ", ".join(found["triggers_missing"])
        yield f"Reported: the database's own guards are gone ({gone}), so nothing can be added."
    if found["missing"]:
        yield f"Undecided: keys are missing that no erasure explains, first at position {found['missing'][0]}."
    if found["steps_back"]:
        yield f"Reported: the clock stood behind at {count(len(found['steps_back']), 'position')}."
