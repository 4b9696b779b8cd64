"""What an extract is made of: the records with the openings that were chosen, what is withheld, and what proves it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from ledger.checkpoints import checkpoint_of
from ledger.choice import Choice, Shown
from ledger.entries import entry_of
from ledger.errors import StorageError, Undecided, UsageError
from ledger.extract_body import COMPLETE, MAX_ITEMS, SELECTIVE, STATEMENT, Body, sign
from ledger.extract_statement import HIDDEN
from ledger.ledger import Ledger
from ledger.procedure.declare import About
from ledger.proof.commitments import OPEN, Committer, closed_leaf, open_leaf, stream_id
from ledger.proof.envelope import MAX_SIZE
from ledger.proof.joint_proof import prove_joint
from ledger.reading import Erased, Opener, Unopened, to_us
from ledger.rotation import key_entries
from ledger.tree_cache import LedgerTree, using_tree

NOT_RELEVANT = "not_relevant"  # the place of a record in its stream, and its time, in a selective extract


@dataclass(frozen=True)
class Purpose:
    """To whom an extract goes, and why: what the recipient reads, and `ExtractIssued` records of it."""

    to: str
    purpose: str
    basis: str
    reasons: str
    marking: str
    how: str = ""
    restrictions: str = ""
    expires: str = ""


def make_extract(ledger: Ledger, choice: Choice, given: Purpose, mode: str, recipient: bytes) -> tuple[Body, bytes]:
    """The body of an extract, and the file that it is signed in. What cannot be opened is withheld besides."""
    records, withheld = _openings(ledger, choice) if mode == STATEMENT else _entries(ledger, choice, mode)
    genesis = ledger.reading(1)
    body = Body(
        about=[[kind, name, 0] for kind, name in choice.about],
        absent=[],
        checkpoint=b"",
        genesis=entry_of(genesis, genesis.leaves),
        given=dict(sorted(asdict(given).items())),
        head=b"",
        keys=[],
        made=to_us(ledger.now()),
        mode=mode,
        practice=ledger.practice,
        proof=[],
        recipient=recipient,
        records=records,
        withheld=withheld,
    )
    if mode == STATEMENT:
        last = ledger.head().position
        body = replace(body, keys=key_entries(ledger, last))
    else:
        body, last = using_tree(ledger, lambda tree: _under(ledger, tree, choice, body))
    if sum(4 + len(record) + len(record[1]) for record in records) + 4 * len(withheld) > MAX_ITEMS:
        raise _too_large(len(records))
    data = sign(body, ledger.id, ledger.keyring.signer_for(_live(ledger, last)))
    if len(data) > MAX_SIZE:
        raise _too_large(len(records))
    return body, data


def _under(ledger: Ledger, tree: LedgerTree, choice: Choice, body: Body) -> tuple[Body, int]:
    """The body with a checkpoint of the ledger as it stands and what joins it to that, and how many records that is."""
    made = checkpoint_of(ledger, tree)
    keys = key_entries(ledger, made.size)
    positions = {1, made.size, *(change.position for change in ledger.schedule.changes if change.position <= made.size)}
    positions |= {shown.reading.position for shown in choice.records}
    whole = body.mode == COMPLETE
    return replace(
        body,
        about=[_end(ledger, kind, name, choice, made.size) for kind, name in choice.about] if whole else body.about,
        absent=[[*stream] for stream in choice.absent],
        checkpoint=made.data,
        head=tree.tiles.read(0, made.size - 1),
        keys=keys,
        proof=prove_joint((position - 1 for position in positions), made.size, tree.tiles.read),
    ), made.size


def _end(ledger: Ledger, kind: str, name: str, choice: Choice, size: int) -> list[Any]:
    """[type, id, last version] of a stream that is whole among what was chosen."""
    stream = stream_id(ledger.id, kind, name)
    chosen = [shown.reading for shown in choice.records if shown.reading.stream == stream]
    last = chosen[-1].position if chosen else 0
    if any(reading.position <= size for reading in ledger.readings(about=About(kind, name), after=last)):
        raise StorageError(f"Something was added to {kind} {name} meanwhile; make the extract again.")
    return [kind, name, len(chosen)]


def _live(ledger: Ledger, size: int) -> bytes:
    """The id of the key that may sign the record after so many."""
    live = ledger.schedule.live(size + 1)
    if live is None:
        raise Undecided("No key of this ledger may sign an extract.")
    return live.key_id


class _Keys:
    """The keys of scopes, each asked for once: a case has few, and its records have many."""

    def __init__(self, ledger: Ledger) -> None:
        self.scope_key = cache(ledger.scope_key)


def _entries(ledger: Ledger, choice: Choice, mode: str) -> tuple[list[Any], list[list[Any]]]:
    """The records with the openings that are shown, and what is withheld: [position, field, reason]."""
    entries, withheld, committer, keys = [], [], Committer(ledger.id), _Keys(ledger)
    for shown in choice.records:
        leaves, reasons = list(shown.reading.leaves), dict(shown.withheld)
        if mode == SELECTIVE:
            reasons = dict.fromkeys(HIDDEN, NOT_RELEVANT) | reasons
        for index, opening in _opened(shown, reasons, keys).items():
            leaves[index] = open_leaf(opening)
        for index in reasons:
            leaves[index] = closed_leaf(committer.leaf_commitment(index, leaves[index]))
        entries.append(entry_of(shown.reading, leaves))
        withheld += [[shown.reading.position, index, reason] for index, reason in sorted(reasons.items())]
    return entries, withheld


def _openings(ledger: Ledger, choice: Choice) -> tuple[list[Any], list[list[Any]]]:
    """Likewise for a statement: the openings alone, and what is withheld by the record's number."""
    records, withheld, keys = [], [], _Keys(ledger)
    for number, shown in enumerate(choice.records, 1):
        reasons = {index: reason for index, reason in shown.withheld.items() if index not in HIDDEN}
        opened = {index: leaf[1:] for index, leaf in enumerate(shown.reading.leaves) if leaf[:1] == OPEN}
        opened |= _opened(shown, reasons, keys)
        records.append([[index, opened[index]] for index in sorted(opened.keys() - reasons.keys() - HIDDEN)])
        withheld += [[number, index, reason] for index, reason in sorted(reasons.items())]
    return records, withheld


def _opened(shown: Shown, reasons: dict[int, str], keys: Opener) -> dict[int, bytes]:
    """The openings of the sealed fields that are shown; `reasons` gains why those that cannot be opened are not."""
    leaves = shown.reading.leaves
    if all(leaf[:1] == OPEN or index in reasons for index, leaf in enumerate(leaves)):
        return {}
    found: dict[int, bytes] = {}
    for index, opening in shown.reading.openings(keys).items():
        if isinstance(opening, Unopened):
            reasons.setdefault(index, "erased" if isinstance(opening, Erased) else "not_available")
        elif index not in reasons:
            found[index] = opening
    return found


def _too_large(records: int) -> UsageError:
    return UsageError(
        f"The extract would be too large, with {records:,} records: at most {MAX_SIZE >> 20} MiB can be checked by "
        "those who get it. Make several, of less each."
    )
