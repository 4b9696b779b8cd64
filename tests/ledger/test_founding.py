"""Whose a ledger can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger import Ledger
from ledger.errors import Malformed

RIGHT: dict[str, Any] = {
    "agency_id": "HMC",
    "agency_name": "Harrowmere City Council",
    "kind": "local_authority",
    "flags": {"public_authority": True, "area": "Harrowmere", "our_own": True},
}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"agency_id": "H M"}, "expected an id"),
        ({"agency_id": ""}, "expected an id"),
        ({"agency_name": " "}, "needs a name"),
        ({"kind": "castle"}, "not a kind of agency"),
        ({"kind": "local_autority"}, "local_authority"),
        ({"flags": {"public_autority": True}}, "did you mean public_authority"),
    ],
)
def test_what_the_rules_could_not_work_with_is_refused(tmp_path: Path, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        Ledger.create(tmp_path / "x", recovery=tmp_path / "x.recovery", **{**RIGHT, **wrong})
    assert list(tmp_path.iterdir()) == []


def test_an_agencys_own_flags_are_kept(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "x", recovery=tmp_path / "x.recovery", **RIGHT) as ledger:
        assert ledger.agency().flags["our_own"] is True
