"""What lies in files of a ledger, altered by whoever owns them; and what partners send, altered and signed again."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

import exchange
import msgpack  # type: ignore[import-untyped]
from fuzz.forged import Forger
from fuzz.mutations import bytes_altered, junk, tree_altered
from fuzz.of_extracts import read_whole
from fuzz.target import Target, only, refuses
from support import fill, found

from ledger import (
    About,
    Actor,
    Ledger,
    Purpose,
    TrustFolder,
    Witness,
    create_extract,
    make_card,
    open_parcel,
    publish_tiles,
    read_card,
    receive,
    seal_parcel,
    sign_checkpoint,
    verify_folder,
)
from ledger.extract_check import check_extract
from ledger.kept import Subject, read_anchor
from ledger.procedure.declare import BY_WIRE
from ledger.proof.report import Row, context_for
from ledger.proof.verify import verify
from ledger.showing import notice
from ledger.store.scan import scan

COLUMNS = Row._fields
WHY = Purpose("HMC", "prevent_detect_crime", "6(e)", "a notice", "OFFICIAL-SENSITIVE")
CASE, DUTY = About("case", "HM-0147"), Actor(staff_ref="HMC-7", role="practitioner")


def targets(stack: ExitStack, folder: Path) -> Iterator[Target]:
    with found(folder / "ledger") as ledger:
        fill(ledger, 6)
    yield rows(folder / "ledger")
    yield database(folder / "ledger", "ledger.db")
    yield database(folder / "ledger", "vault.db")
    yield tiles(stack, folder)
    yield tree_cache(folder)
    yield seen(folder)
    yield from sent(stack, folder)


def rows(folder: Path) -> Target:
    """Rows with anything in any column, as msgpack; what SQLite itself would refuse, too."""
    with Ledger.open(folder) as ledger:
        keys, _ = ledger.keyring.all_scope_keys()
        kinds = {wire: kind.size for wire, kind in BY_WIRE.items()}
        true = [*scan(folder / "ledger.db")]
        context = context_for(ledger.id, true[0].leaves, kinds, keys)

    def make(random: Random) -> bytes:
        altered: Any = [[*row] for row in true]
        for _ in range(random.choice((1, 1, 2))):
            row = random.choice(altered)
            at = random.randrange(len(COLUMNS))
            row[at] = tree_altered(random, [row[at]]) if random.random() < 0.3 else mixed(random, row[at])
        if random.random() < 0.2:
            altered = random.sample(altered, random.randrange(len(altered) + 1))
        try:
            packed: bytes = msgpack.packb(altered, unicode_errors="surrogatepass")
        except (OverflowError, ValueError):
            return make(random)
        return packed

    def verified(data: bytes) -> bool:
        given = [Row(*row) for row in msgpack.unpackb(data, unicode_errors="surrogatepass", strict_map_key=False)]
        good = verify(lambda: given, context).verdict == "verified"
        # Without a head from elsewhere nobody can tell that the newest records are gone.
        assert not good or msgpack.packb(true[: len(given)]) == data, "rows that were never recorded are verified"
        return good

    return Target("rows", [msgpack.packb([[*row] for row in true])], make, verified)


def mixed(random: Random, value: Any) -> Any:
    """Its bytes altered, or something else in its place."""
    return bytes_altered(random, value) if isinstance(value, bytes) and random.random() < 0.8 else junk(random)


def database(folder: Path, name: str) -> Target:
    """A file of the ledger with its bytes altered: verified, opened, and every record read."""
    true = (folder / name).read_bytes()
    records = [*scan(folder / "ledger.db")]
    copy = folder.with_name(f"altered {name}")
    shutil.copytree(folder, copy)

    def verified(data: bytes) -> bool:
        replaced(copy / name, data)
        refuses(lambda: read_all(copy))
        good = verify_folder(copy, passphrase=lambda: None).report.verdict == "verified"
        assert not good or [*scan(copy / "ledger.db")] == records, "records that were never made are verified"
        return good

    return Target.of(name, [true], verified)


def read_all(folder: Path) -> None:
    with Ledger.open(folder) as ledger:
        for reading in ledger.readings():
            read_whole(reading)


def tiles(stack: ExitStack, folder: Path) -> Target:
    """A published folder whose checkpoint somebody altered, brought up to date."""
    ledger, out = stack.enter_context(Ledger.open(folder / "ledger")), folder / "tiles"
    publish_tiles(ledger, out)
    true = (out / "checkpoint").read_bytes()

    def published(data: bytes) -> bool:
        (out / "checkpoint").write_bytes(data)
        return publish_tiles(ledger, out).size == ledger.head().position

    return Target.of("published tiles", [true], published)


def tree_cache(folder: Path) -> Target:
    """What is kept of the tree, altered: a checkpoint is signed over the records all the same."""
    with Ledger.open(folder / "ledger") as ledger:
        true, made = ledger.folder.tiles.read_bytes(), sign_checkpoint(ledger)
    copy = folder / "altered tiles.db"
    shutil.copytree(folder / "ledger", copy)

    def signed(data: bytes) -> bool:
        replaced(copy / "tiles.db", data)
        with Ledger.open(copy) as ledger:
            assert sign_checkpoint(ledger).root == made.root, "another root is signed"
        return True

    return Target.of("tiles.db", [true], signed)


def seen(folder: Path) -> Target:
    """What a witness saw of a log, altered: it may have seen less, but nothing that the log did not sign."""
    with found(folder / "witness", practice=False) as witness:
        fill(witness, 2)
    with found(folder / "log", practice=False) as log:
        fill(log, 3)
        card, note = make_card(log), sign_checkpoint(log).data
    with Ledger.open(folder / "witness") as ledger:
        Witness(ledger).add(card, "the log")
        Witness(ledger).cosign(note)
        true = ledger.folder.seen.read_bytes()

    def watched(data: bytes) -> bool:
        replaced(folder / "witness" / "seen.db", data)
        with Ledger.open(folder / "witness") as ledger:
            refuses(lambda: Witness(ledger).cosign(note))
            return bool(Witness(ledger).logs())

    return Target.of("seen.db", [true], watched)


def replaced(path: Path, data: bytes) -> None:
    """The database with these bytes, and nothing beside it of the one before."""
    for beside in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    path.write_bytes(data)


def sent(stack: ExitStack, folder: Path) -> Iterator[Target]:
    """What the police send to the council: notices, in parcels and alone, and as what a ledger is held against."""
    with redirect_stdout(io.StringIO()):  # it tells each line that it played
        played = exchange.played(folder)
    hmc, tvp = (stack.enter_context(Ledger.open(played / name)) for name in exchange.WHO)
    TrustFolder(hmc).add(make_card(tvp), "TVP")
    file = folder / "notice.r7x"
    create_extract(
        tvp, notice(tvp, "X-2", "HMC"), WHY, mode="selective", out=file, actor=None, recipient=hmc.id, record=False
    )
    true, card = file.read_bytes(), read_card(make_card(hmc))
    parcel, forger = seal_parcel(true, card), Forger(tvp, true)
    trust = read_card(make_card(tvp)).trust("TVP")
    subject = Subject(hmc.charter, card.keys_at, hmc.head().position, partners=(trust,))

    def taken(data: bytes) -> bool:
        file.write_bytes(data)
        return bool(receive(hmc, file, about=CASE, actor=DUTY))

    def forged(random: Random) -> bytes:
        data = forger.forge(random)
        return seal_parcel(data, card) if random.random() < 0.2 else data

    def anchored(data: bytes) -> bool:
        file.write_bytes(data)
        good = bool(read_anchor(file, subject).file)
        assert not good or check_extract(data, trust).verdict == "verified"
        return good

    def opened(data: bytes) -> bool:
        return bool(open_parcel(hmc, data))

    yield Target.of("parcel", [parcel], lambda data: only([parcel], opened(data), data))
    yield Target.of("received", [true, parcel], lambda data: only([true, parcel], taken(data), data))
    yield Target("received, signed again", [true], forged, taken)
    yield Target("held against a ledger", [true], forger.forge, anchored)
