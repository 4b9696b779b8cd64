"""`ruleseven verify`: the numbered checks over every stored byte, and one plain verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import exits
from cli.verify_page import HEADS, show
from cli.wiring import Verb, trust_option, wiring
from cli.words import answer

if TYPE_CHECKING:
    from ledger import Anchor, Dispute, Quorum, Trust, Verification

Heads = Sequence[tuple[int, bytes]]
Passphrase = Callable[[], bytes | None]

LAST_SECOND = 253_402_300_800  # the year 10000, which Python's calendar does not reach


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
    help="A checkpoint, a proof or an extract of this ledger that was kept elsewhere, or an extract of a --partner.",
)
@click.option(
    "--partner",
    "partner_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Whose extracts are believed to say what they were told: a trust file, a card or a public key.",
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
    partner_files: tuple[Path, ...],
    policy_file: Path | None,
) -> int:
    """Verify the ledger: exit 0 verified, 1 failed, 5 undecided."""
    wired = wiring()
    quorum = None
    if policy_file is not None:
        from ledger import read_quorum

        if not against:
            raise click.UsageError("--policy says which of the files that --against names count: name one")
        quorum = read_quorum(policy_file)
    if partner_files and not against:
        raise click.UsageError("--partner says whose extracts among those that --against names are believed: name one")
    from ledger import Trust

    trust = Trust.load(trust_file) if trust_file is not None else None
    found = verdict_of(
        wired.folder,
        wired.passphrase,
        trust,
        every_signature=every_signature,
        heads=heads,
        against=against,
        partners=[Trust.load(file) for file in partner_files],
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
    partners: Sequence[Trust] = (),
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
            partners=partners,
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
        "undestroyed": report.undestroyed,
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
    """What somebody kept of this ledger: how many of its records it fixes, and what it says of them."""
    checkpoint = anchor.signed.checkpoint if anchor.signed else None
    return {
        "file": str(anchor.file),
        "kind": anchor.kind,
        "reaches": anchor.reaches,
        "size": checkpoint.size if checkpoint else None,
        "root": checkpoint.root.hex() if checkpoint else None,
        "signed_at": dated(anchor.made),
        "position": anchor.proof.index + 1 if anchor.proof else None,
        "partner": anchor.partner or None,
        "quotes": [
            {"record": quote.record, "hash": quote.hash.hex(), "position": quote.position, "names_us": quote.names_us}
            for quote in anchor.quotes
        ],
        "witnesses": list(anchor.witnesses),
        "counts": anchor.counts,
    }


def dated(seconds: int) -> str | None:
    """When a checkpoint says that it was signed; None past what a calendar holds."""
    from ledger import from_us

    return from_us(seconds * 1_000_000).isoformat() if seconds < LAST_SECOND else None
