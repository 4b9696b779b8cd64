"""Trust files, section 8 of docs/format.md: whoever reads one takes the same ones (the verifier page too)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger import Trust
from ledger.errors import UsageError

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "written" / "trust.json").read_text())


@pytest.mark.parametrize("one", VECTORS["accepted"], ids=lambda one: one["name"])
def test_one_that_can_be_meant_is_read_and_written_again(tmp_path: Path, one: dict[str, str]) -> None:
    (tmp_path / "trust").write_text(one["text"], encoding="utf-8")
    read = Trust.load(tmp_path / "trust")
    assert (read.keys is None) == (read.head is None)
    (tmp_path / "again").write_text(read.to_json(), encoding="utf-8")
    assert Trust.load(tmp_path / "again") == read


@pytest.mark.parametrize("one", VECTORS["refused"], ids=lambda one: one["name"])
def test_one_that_cannot_be_meant_is_refused(tmp_path: Path, one: dict[str, str]) -> None:
    (tmp_path / "trust").write_text(one["text"], encoding="utf-8")
    with pytest.raises(UsageError, match=r"^trust is no"):
        Trust.load(tmp_path / "trust")
