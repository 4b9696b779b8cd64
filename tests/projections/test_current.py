"""Keeping views current: following a ledger that grows, and the shipped scenarios followed in steps of any size."""

import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scenarios import path_of

from cli.main import root
from ledger import Ledger, SealedRef
from ledger.errors import StorageError, UnknownId
from projections import catch_up, follow, keep_current, projections, rebuild
from projections.views_file import discard

ROOT = Path(__file__).parent.parent.parent
AGENCIES = {
    "canal-basin": ("AHT", "BHA", "HMC", "KYP", "NCC", "SMF", "TVP"),
    "sarahs-law": ("HMC", "TVP"),
    "clares-law": ("TVP",),
}


def opened(told, step):
    told(f"2024-02-01T00:{step:02}", "CaseOpened", case=f"C-{step}")


def test_each_look_reaches_what_was_recorded_since(tvp):
    heads, steps = [], iter(range(3))

    def wait():
        heads.append(tvp.ledger.head())
        step = next(steps, None)
        if step is not None:
            opened(tvp, step)
        return step is not None

    built = [[tuple(one)[1:3] for one in found] for found in keep_current(tvp.ledger, ["case", "findings"], wait)]
    assert built == [[head, head] for head in heads]
    assert len({*heads}) == 4


def test_nothing_is_done_while_nothing_is_recorded(tvp):
    looks = iter((True, True, True, False))
    assert len(list(keep_current(tvp.ledger, ["case"], lambda: next(looks)))) == 1


def test_a_busy_file_is_tried_again(tvp, monkeypatch):
    told, looks = list[str](), iter((True, True, False))
    catch = iter((StorageError("views.db is in use by another program; try again."), None, None))

    def hindered_once(ledger, names):
        if error := next(catch):
            raise error
        return catch_up(ledger, names)

    monkeypatch.setattr("projections.current.catch_up", hindered_once)
    built = list(keep_current(tvp.ledger, ["case"], lambda: next(looks), lambda error: told.append(str(error))))
    assert told == ["views.db is in use by another program; try again."]
    assert [tuple(one[0])[1:3] for one in built] == [tvp.ledger.head()]


def test_what_did_not_come_to_the_head_is_looked_at_again(tvp, monkeypatch):
    looks, behind = iter((True, False)), iter((True, False))

    def short(ledger, names):
        built = catch_up(ledger, names)
        return [one._replace(position=1) for one in built] if next(behind) else built

    monkeypatch.setattr("projections.current.catch_up", short)
    opened(tvp, 0)
    assert [one.position for (one,) in keep_current(tvp.ledger, ["case"], lambda: next(looks))] == [1, 2]


def test_a_view_that_is_not_there_ends_it(tvp):
    with pytest.raises(UnknownId):
        next(keep_current(tvp.ledger, ["nobody"], lambda: False))


def test_the_verb_follows_what_another_process_records(tvp):
    """One process follows and says how far; this one records; Ctrl-C ends it as everywhere."""
    words = [sys.executable, "-m", "cli.main", "-C", str(tvp.ledger.folder.path)]
    words += ["views", "case", "findings", "--follow", "--every", "0.05", "--json"]
    # A shell that starts the tests in the background lets them, and so this process, ignore an interrupt.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        words,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed,  # noqa: PLW1509 (no threads here)
    ) as follower:
        assert follower.stdout
        said = json.loads(follower.stdout.readline())
        assert (said["views"], said["position"]) == (["case", "findings"], tvp.ledger.head().position)
        for step in range(5):
            opened(tvp, step)
        head = tvp.ledger.head()
        while said["position"] < head.position:
            said = json.loads(follower.stdout.readline())
        assert (said["position"], said["hash"]) == (head.position, head.hash.hex())
        follower.send_signal(signal.SIGINT)
        assert follower.wait(30) == 130
    assert follow.digest(tvp.ledger, "case") == rebuild(tvp.ledger, "case")[0].digest


def test_names_without_following_are_a_question_put_wrongly(tvp):
    run = CliRunner().invoke(root, ["-C", str(tvp.ledger.folder.path), "views", "case"])
    assert run.exit_code == 2
    assert "ruleseven view NAME" in run.output


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Every ledger of every shipped scenario, and the digests of its views built from zero."""
    found = {}
    for scenario, agencies in AGENCIES.items():
        into = tmp_path_factory.mktemp(scenario)
        run = CliRunner().invoke(root, ["play", str(path_of(scenario)), "--into", str(into), "--json"])
        assert run.exit_code == 0, run.output
        for agency in agencies:
            with Ledger.open(into / agency) as ledger:
                found[into / agency] = {built.name: built.digest for built in rebuild(ledger)}
    return found


def said_in(value):
    """Every text in a value; of free text, not the names of the fields that it stood in."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for below in value.values() for text in said_in(below))
    elif isinstance(value, list | tuple):
        pair = len(value) == 2 and isinstance(value[0], list | tuple)  # of a path and the text there
        yield from (text for below in (value[1:] if pair else value) for text in said_in(below))


def test_no_text_that_is_sealed_stands_in_any_file(played):
    """Every sealed text of every record of every scenario, unless the same is said openly somewhere in its ledger."""
    searched = 0
    for folder in played:
        with Ledger.open(folder) as ledger:
            catch_up(ledger)
            readings = [*ledger.readings()]
            sealed = {name for reading in readings for name, v in reading.data.items() if type(v) is SealedRef}
            texts = {t for r in readings for name, v in r.full().items() if name in sealed for t in said_in(v)}
            openly = {t for r in readings for v in r.data.values() if type(v) is not SealedRef for t in said_in(v)}
            secret = {text for text in texts if len(text) > 7 and text not in openly}  # shorter ones are words of codes
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert folder / "views.db" in files
        searched += len(secret)
        for path in files:
            content = path.read_bytes()
            assert not [text for text in secret if text.encode() in content], path
    assert searched > 300


@settings(max_examples=25, deadline=None)
@given(which=st.integers(0), batch=st.integers(1, 40), keep=st.integers(0, 30))
def test_every_view_of_a_scenario_is_the_same_however_it_was_followed(played, which, batch, keep):
    folder, built = [*played.items()][which % len(played)]
    assert set(built) == set(projections())
    with Ledger.open(folder) as ledger, pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow, "BATCH", batch)
        patch.setattr("projections.read_model.KEEP_ROWS", keep)
        discard(ledger.folder.views)
        catch_up(ledger)
        assert {name: follow.digest(ledger, name) for name in built} == built
