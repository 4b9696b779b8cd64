"""Every case and scheme application of the shipped scenarios, as every agency knew it at many moments."""

import datetime as dt
from contextlib import ExitStack

import pytest
from click.testing import CliRunner
from scenarios import path_of

from cli.main import root
from ledger import Ledger
from projections import case_view, show

FILES = ("case", "scheme")
MOMENTS = 12  # of each ledger, besides its last


@pytest.fixture(params=["canal-basin", "sarahs-law", "clares-law"])
def ledgers(request, tmp_path):
    run = CliRunner().invoke(root, ["play", str(path_of(request.param)), "--into", str(tmp_path), "--json"])
    assert run.exit_code == 0, run.output
    with ExitStack() as stack:
        yield [stack.enter_context(Ledger.open(path.parent)) for path in sorted(tmp_path.glob("*/ledger.db"))]


def positions(tree):
    """Every record that an answer rests on, wherever it is named in it."""
    if isinstance(tree, dict):
        own = {tree["position"]} if "position" in tree else set()
        return own.union(*(positions(value) for name, value in tree.items() if name != "built_to"))
    return set().union(*map(positions, tree)) if isinstance(tree, list) else set()


def moments_of(readings):
    """When things happened, were known and were recorded, some of them, and long after the last."""
    times = sorted({time for r in readings for time in (r.occurred_at, r.known_at, r.recorded_at)})
    return [*times[:: len(times) // MOMENTS + 1], times[-1] + dt.timedelta(days=400)]


def test_every_file_as_every_agency_knew_it(ledgers):
    for ledger in ledgers:
        readings = [*ledger.readings()]
        moments = moments_of(readings)
        for about in {r.about: r.position for r in readings if r.about.type in FILES}:
            whole = {r.position for r in ledger.readings(about=about)}
            for agency in (ledger.agency_id, *ledger.agency().partners):
                for moment in moments:
                    known = {about.type: about.id, "as_known_by": agency, "at": moment.isoformat()}
                    view = show(ledger, "case", known)
                    told = {line["position"] for line in view["chronology"]}
                    assert positions(view) <= told <= whole, known
                    assert view["as_known_by"]["agency"] == agency
                if agency == ledger.agency_id:
                    assert told == whole  # long after, its own agency knew all of it


def test_a_file_of_which_any_part_was_known(ledgers, monkeypatch):
    """An agency may have known of an act and not of what that refers to: any records of a file can be shown alone."""
    known = set()

    def known_only(asked, read):
        return (reading for reading in read() if reading.position in known) if "as_known_by" in asked.args else None

    monkeypatch.setattr(case_view, "known_only", known_only)
    for ledger in ledgers:
        end = ledger.now().isoformat()
        for about in sorted({r.about for r in ledger.readings() if r.about.type in FILES}):
            whole = {r.position for r in ledger.readings(about=about)}
            for known in (*({one} for one in whole), *(whole - {one} for one in whole)):
                asked = {about.type: about.id, "as_known_by": ledger.agency_id, "at": end}
                view = show(ledger, "case", asked)
                assert {line["position"] for line in view["chronology"]} == known
                assert positions(view) == known
