"""Building: the same rows however they came to be built, what was shown then, no secret in any file."""

import contextlib
import gc
import multiprocessing
import os
import signal
import time
from collections import defaultdict
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import Ledger
from ledger.errors import Malformed, StorageError, UnknownId
from projections import catch_up, follow, projections, rebuild, show
from projections.read_model import ReadModel
from projections.unswept import unswept
from projections.views_file import discard

NAMES = tuple(projections())
CANARIES = ("Canary Name", "Canary reasons", "Canary content")


def digests(ledger):
    return {name: follow.digest(ledger, name) for name in NAMES}


def rebuilt(ledger):
    return {built.name: built.digest for built in rebuild(ledger)}


STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=25)


def act(told, step, what, number, case):
    """One of the acts that change rows; what is refused or unknown at that point leaves the history as it is."""
    at = f"2024-02-{1 + step // 24:02}T{step % 24:02}:00"
    a, scheme = f"{case}{number}", {"scheme": f"CS-{case}"}
    acts = [
        ("PersonLinked", {"case": "A", "person_id": f"P{number}", "roles": ["child"], "name": CANARIES[0]}),
        ("ConsentGiven", {"case": "A", "consent_id": f"CON-{a}", "data_subject": f"P{number}"}),
        ("ConsentRenewed", {"case": "A", "consent_id": f"CON-{a}-{step}", "renews": f"CON-{a}"}),
        ("ConsentWithdrawn", {"case": "A", "consent_id": f"CON-{a}", "by": f"P{number}", "reason": CANARIES[1]}),
        ("RecipientNotifiedOfWithdrawal", {"case": "A", "consent_id": f"CON-{a}", "recipient": "KYP"}),
        ("SchemeApplicationReceived", {**scheme, "applicant": "G"}),
        ("UndertakingOffered", {**scheme, "to": f"M{number}", "undertaking_id": f"U{number}"}),
        ("UndertakingRefused", {**scheme, "undertaking_id": f"U{number}", "refusal_id": f"R{step}"}),
        ("UndertakingSigned", {**scheme, "by": f"M{number}"}),
        (
            "ReconsiderationDecided",
            {**scheme, "outcome": ("offer_again", "withhold", "escalate_to_multi_agency")[number]},
        ),
    ]
    do, payload = acts[what]
    with contextlib.suppress(Malformed, UnknownId):
        told(at, do, **payload)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(1, 7))
def test_following_along_and_rebuilding_give_the_same_rows(found, steps, batch):
    told = found("TVP", name=f"h{time.monotonic_ns()}")
    told("2024-01-31T00:00", "CaseOpened", case="A")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow, "BATCH", batch)
        patch.setattr("projections.read_model.KEEP_ROWS", 2)  # so that rows are loaded again, too
        for step, (what, number, case) in enumerate(steps):
            act(told, step, what, number, case)
            if step % 3 == 0:
                catch_up(told.ledger)
        catch_up(told.ledger)
    followed = digests(told.ledger)
    assert rebuilt(told.ledger) == followed == digests(told.ledger)


@pytest.fixture
def history(tvp):
    tvp("2024-01-31T00:00", "CaseOpened", case="A")
    for step in range(60):
        act(tvp, step, step % 10, step % 3, step % 2)
    return tvp.ledger


def test_what_is_built_reaches_to_the_head(history):
    head = history.head()
    assert [tuple(built) for built in catch_up(history)] == [(name, *head, "") for name in NAMES]
    assert [tuple(built)[:3] for built in rebuild(history)] == [(name, *head) for name in NAMES]
    assert [built.name for built in rebuild(history, "case")] == ["case"]


def test_the_past_is_what_was_shown_then(tvp):
    """Every answer after every tenth record is the one that `as_at` gives later."""
    tvp("2024-01-31T00:00", "CaseOpened", case="A")
    shown = {}
    for step in range(40):
        act(tvp, step, step % 10, step % 3, step % 2)
        if step % 10 == 9:
            shown[tvp.ledger.now()] = {name: show(tvp.ledger, name) for name in NAMES}
    for at, answers in shown.items():
        for name, answer in answers.items():
            then = show(tvp.ledger, name, as_at=at)
            assert then.pop("as_at")
            assert then == answer


@pytest.mark.parametrize("given", ["2024-03-05T11:20:00", "2022-12-31T00:00:00+00:00", "yesterday"])
def test_a_time_that_cannot_be_looked_back_from_is_malformed(history, given):
    with pytest.raises(Malformed):
        show(history, "refusals", as_at=given)


def test_a_real_ledger_has_no_tomorrow(tmp_path):
    name, kind = "Harrowmere City Council", "local_authority"
    ledger = Ledger.create(
        tmp_path / "HMC", agency_id="HMC", agency_name=name, kind=kind, flags={}, recovery=tmp_path / "recovery"
    )
    with ledger, pytest.raises(Malformed, match="still to come"):
        show(ledger, "refusals", as_at="2999-01-01T00:00:00+00:00")


def test_all_views_are_built_in_one_pass_over_the_ledger(history, monkeypatch):
    """Every record is read once for all of them, and gives what it gives to each alone."""
    apart = {name: rebuild(history, name)[0].digest for name in NAMES}
    readings, passes = history.readings, list[int]()

    def noted(after=0):
        passes.append(after)
        return readings(after=after)

    monkeypatch.setattr(history, "readings", noted)
    assert rebuilt(history) == apart
    discard(history.folder.views)
    catch_up(history)
    assert passes == [0, 0]
    assert digests(history) == apart


def test_cycles_are_searched_for_again_after_a_batch_that_failed(history, monkeypatch):
    during = []

    def fails(*_):
        during.append(gc.isenabled())
        raise Malformed("this batch cannot be applied")

    monkeypatch.setattr(follow, "_bearing", lambda _: defaultdict(lambda: [(fails, None)]))
    with pytest.raises(Malformed):
        rebuild(history)
    assert (during, gc.isenabled()) == ([False], True)


def test_where_cycles_were_not_searched_for_they_are_not_afterwards():
    gc.disable()
    try:
        with unswept():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_those_that_are_behind_catch_up_apart(history, tvp):
    """One view is current, one is behind, the rest are not there yet."""
    catch_up(history, ["case", "refusals"])
    tvp("2024-03-01T09:00", "UndertakingOffered", scheme="CS-1", to="M")
    catch_up(history, ["refusals"])
    assert [tuple(built) for built in catch_up(history)] == [(name, *history.head(), "") for name in NAMES]
    followed = digests(history)
    assert rebuilt(history) == followed


def test_a_view_that_is_not_there(history):
    with pytest.raises(UnknownId, match=f"there are: {', '.join(NAMES)}"):
        show(history, "refusal")


@pytest.mark.parametrize("name", NAMES)
def test_an_argument_that_a_view_does_not_know_is_refused_and_the_known_ones_are_named(history, name):
    declared = projections()[name].args
    known = f"it takes {', '.join(declared)}." if declared else "it takes none."
    with pytest.raises(Malformed) as refused:
        show(history, name, {"colour": "red"})
    assert str(refused.value) == f"The view {name} has no argument 'colour'; {known}"


def test_every_module_with_a_projection_is_listed_by_itself():
    assert set(NAMES) <= set(projections())
    for name, projection in projections().items():
        assert projection.name == name
        assert projection.title


def test_no_sealed_value_is_in_any_file(tvp):
    tvp("2024-01-31T00:00", "CaseOpened", case="A", reason=CANARIES[1])
    tvp("2024-01-31T00:01", "PersonLinked", case="A", person_id="P1", roles=["child"], name=CANARIES[0])
    tvp(
        "2024-01-31T00:02",
        "InformationRecorded",
        case="A",
        item_id="I-1",
        person="P1",
        kind="health",
        content=CANARIES[2],
    )
    scheme = {"scheme": "CS-1"}
    tvp("2024-01-31T00:03", "SchemeApplicationReceived", **scheme, applicant="G", concern=CANARIES[1])
    tvp("2024-01-31T00:04", "UndertakingOffered", **scheme, to="M", place=CANARIES[2])
    tvp("2024-01-31T00:05", "UndertakingRefused", **scheme, reason=CANARIES[1], category="other")
    tvp("2024-01-31T00:06", "ReconsiderationDecided", **scheme, outcome="withhold", reasons=CANARIES[1],
        risk_weighing={"weighing": CANARIES[2]})  # fmt: skip
    ledger = tvp.ledger
    rebuild(ledger)
    answers = str([show(ledger, "case", {"case": "A"}), show(ledger, "refusals"), show(ledger, "withdrawals")])
    assert all(canary in answers for canary in CANARIES)
    files = [path for path in ledger.folder.path.rglob("*") if path.is_file()]
    assert ledger.folder.views in files
    for path in files:
        assert not any(canary.encode() in path.read_bytes() for canary in CANARIES), path


# Several processes at once


def _follow_for_itself(folder, go):
    follow.BATCH = 2
    with Ledger.open(folder) as ledger:
        go.wait()
        catch_up(ledger)


def _rebuild_for_ever(folder, go):
    follow.BATCH = 3
    with Ledger.open(folder) as ledger:
        go.set()
        while True:
            rebuild(ledger)
            discard(ledger.folder.views)
            catch_up(ledger)


def test_three_at_once_come_to_the_same(history):
    spawn = multiprocessing.get_context("spawn")
    go = spawn.Event()
    workers = [spawn.Process(target=_follow_for_itself, args=(history.folder.path, go)) for _ in range(3)]
    for worker in workers:
        worker.start()
    go.set()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    followed = digests(history)
    assert catch_up(history)[0].position == history.head().position
    assert rebuilt(history) == followed


def test_losing_the_race_is_no_error(history, monkeypatch):
    """Another process brings one of two projections a little further while this one holds a batch of both."""
    monkeypatch.setattr(follow, "BATCH", 5)
    applied, overtaken = follow.applied, list[object]()

    def slow(building, readings):
        for number, place in enumerate(applied(building, readings)):
            if number == 2 and not overtaken:
                overtaken.append(place)
                with Ledger.open(history.folder.path) as other, monkeypatch.context() as patch:
                    patch.setattr(other, "readings", lambda after, real=other.readings: islice(real(after=after), 7))
                    catch_up(other, ["refusals"])
            yield place

    monkeypatch.setattr(follow, "applied", slow)
    built = catch_up(history, ["refusals", "withdrawals"])
    assert overtaken
    assert [tuple(one) for one in built] == [(name, *history.head(), "") for name in ("refusals", "withdrawals")]
    followed = {name: follow.digest(history, name) for name in ("refusals", "withdrawals")}
    assert {name: rebuild(history, name)[0].digest for name in followed} == followed


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1, 0.2, 0.4])
def test_a_kill_in_the_middle_leaves_what_can_be_gone_on_from(history, delay):
    clean = rebuilt(history)
    spawn = multiprocessing.get_context("spawn")
    go = spawn.Event()
    worker = spawn.Process(target=_rebuild_for_ever, args=(history.folder.path, go))
    worker.start()
    assert go.wait(60)
    time.sleep(delay)
    assert worker.pid
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(60)
    catch_up(history)
    assert digests(history) == clean


def test_whoever_always_loses_the_race_says_so(history, monkeypatch):
    monkeypatch.setattr(ReadModel, "advance", lambda *_: False)
    monkeypatch.setattr(follow, "ROUNDS", 3)
    with pytest.raises(StorageError, match="try again"):
        catch_up(history, ["findings"])
