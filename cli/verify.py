"""`ruleseven verify`: the numbered checks over every stored byte, and one plain verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import exits
from cli.wiring import Verb, trust_option, wiring
from cli.words import answer, count, listed, say

if TYPE_CHECKING:
    from ledger import Anchor, Dispute, Quorum, Trust, Verification

Heads = Sequence[tuple[int, bytes]]
Passphrase = Callable[[], bytes | None]

COLOURS = {"verified": "green", "failed": "red", "undecided": "yellow"}
HEADS = 9
LAST_SECOND = 253_402_300_800  # the year 10000, which Python's calendar does not reach
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


class Kept(click.ParamType[tuple[int, bytes]]):
    """A head that somebody kept: POSITION:HASH."""

    name = "POSITION:HASH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, bytes]:
        position, _, digits = str(value).partition(":")
        try:
            head = (int(position), bytes.fromhex(digits))
        except ValueError:
            head = (0, b"")
        if head[0] < 1 or len(head[1]) != 32:
            self.fail(f"{value!r} is not a head: write its position, a colon and its hash of 64 hex digits", param, ctx)
        return head


@click.command(cls=Verb)
@click.option("--every-signature", is_flag=True, help="Check each signature, not just those that vouch for the rest.")
@trust_option(
    "Whose key it must be: a trust file, an agency's card or its public key. Else the charter's own.", required=False
)
@click.option("--head", "heads", multiple=True, type=Kept(), help="A head that was written down elsewhere.")
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A checkpoint or a proof of this ledger that was kept elsewhere.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Which witnesses must have cosigned it, and how many; fewer do not count.",
)
def verify(
    every_signature: bool,
    trust_file: Path | None,
    heads: tuple[tuple[int, bytes], ...],
    against: tuple[Path, ...],
    policy_file: Path | None,
) -> int:
    """Verify the ledger: exit 0 verified, 1 failed, 5 undecided."""
    wired = wiring()
    trust = quorum = None
    if policy_file is not None:
        from ledger import read_quorum

        if not against:
            raise click.UsageError("--policy says which of the files that --against names count: name one")
        quorum = read_quorum(policy_file)
    if trust_file is not None:
        from ledger import Trust

        trust = Trust.load(trust_file)
    found = verdict_of(
        wired.folder,
        wired.passphrase,
        trust,
        every_signature=every_signature,
        heads=heads,
        against=against,
        quorum=quorum,
    )
    if wired.json:
        answer(found)
    else:
        show(found)
    return exits.VERDICTS[found["verdict"]]


def verdict_of(
    folder: Path,
    passphrase: Passphrase,
    trust: Trust | None = None,
    *,
    every_signature: bool,
    heads: Heads = (),
    against: Sequence[Path] = (),
    quorum: Quorum | None = None,
) -> dict[str, Any]:
    """The verdict on a ledger folder as the contract spells it; `records` and `head` are the head to keep elsewhere.

    A ledger that is intact but not the trusted agency's is undecided, at position 0: whose word is it?
    """
    from ledger import verify_folder

    def verified(held: Heads) -> Verification:
        return verify_folder(
            folder,
            passphrase=passphrase,
            every_signature=every_signature,
            heads=held,
            against=against,
            quorum=quorum,
            processes=os.cpu_count() or 1,
        )

    held: Heads = (*heads, *([trust.head] if trust and trust.head else ()))
    found = verified(held)
    distrust = None
    if trust and found.charter:
        distrust = trust.accepts(found.charter.to_bytes()) or trust.knows(found.publics)
    if distrust:
        held = heads  # the trust file's head is another ledger's and says nothing of this one
        if found.report.first_bad and found.report.first_bad.step == HEADS:
            found = verified(held)
    shown = verification_json(found)
    if distrust and shown["verdict"] != "failed":
        shown |= {"verdict": "undecided", "first_bad": {"position": 0, "step": 0, "reason": distrust}}
    return shown | {
        "heads_given": len(held),
        "witnesses_needed": quorum.needed if quorum else None,
        "trust": trust.name if trust else "self",
    }


def verification_json(found: Verification) -> dict[str, Any]:
    """What verification found, whoever is trusted."""
    report, bad = found.report, found.report.first_bad
    return {
        "verdict": report.verdict,
        "records": report.records,
        "head": report.head.hash.hex(),
        "signatures": report.signatures,
        "unchecked": report.unchecked,
        "erased": report.erased,
        "disputed": report.disputed,
        "disputes": [dispute_json(dispute) for dispute in report.disputes],
        "missing": list(report.missing),
        "steps_back": list(report.steps_back),
        "heads": report.heads,
        "anchors": [anchor_json(anchor) for anchor in found.anchors],
        "known_elsewhere": found.known,
        "unknown_elsewhere": report.records - found.known,
        "practice": found.practice,
        "vault": found.vault or "opened",
        "triggers_missing": list(found.triggers_missing),
        "first_bad": {"position": bad.position, "step": bad.step, "reason": bad.reason} if bad else None,
    }


def dispute_json(dispute: Dispute) -> dict[str, Any]:
    """The records that a recovery distrusts, and the heads kept elsewhere that stand among them."""
    anchors = [{"position": head.position, "hash": head.hash.hex()} for head in dispute.anchors]
    return {"first": dispute.first, "last": dispute.last, "recovery": dispute.last + 1, "anchors": anchors}


def anchor_json(anchor: Anchor) -> dict[str, Any]:
    """What somebody kept of this ledger: its size and root then, and the record that it is a receipt for, if any."""
    from ledger import from_us

    checkpoint, seconds = anchor.signed
    return {
        "file": str(anchor.file),
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "signed_at": from_us(seconds * 1_000_000).isoformat() if seconds < LAST_SECOND else None,
        "position": anchor.proof.index + 1 if anchor.proof else None,
        "witnesses": list(anchor.witnesses),
        "counts": anchor.counts,
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
        receipt = f", a receipt for record {anchor['position']}" if anchor["position"] else ""
        held = f"begins with the {count(anchor['size'], 'record')} of {anchor['file']}"
        yield f"Checked: it {held}, signed {anchor['signed_at']}{receipt}."
        if found["witnesses_needed"]:
            by = f"Cosigned by {listed(anchor['witnesses'])}" if anchor["witnesses"] else "Cosigned by no witness"
            enough = "it counts" if anchor["counts"] else "it does not count"
            yield f"  {by} of the policy; {found['witnesses_needed']} are wanted: {enough}."
    if not (found["heads_given"] or found["anchors"]):
        yield "Not checked: anything kept elsewhere (--against FILE, --head POSITION:HASH). A cut end does not show."
    elif found["unknown_elsewhere"]:
        last = count(found["unknown_elsewhere"], "record")
        yield f"The last {last} {'is' if last == '1 record' else 'are'} known to nobody else: give a checkpoint away."


def _odd(found: Mapping[str, Any]) -> Iterator[str]:
    """What is worth knowing though it fails nothing, and what could not be decided."""
    if found["erased"]:
        yield f"Erased since, each by a recorded erasure: content of {count(found['erased'], 'record')}."
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
