"""Two agencies of scenario A up to the moment at which one has disclosed something to the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scenarios import Lines, lines_of

from cli.main import run

UNTIL = "2026-09-16T09:20:00+01:00"
WHO = ("HMC", "TVP")


def lines() -> Lines:
    """What the two have recorded by then."""
    return [
        line
        for line in lines_of("canal-basin")
        if line.get("agency", {}).get("id") in WHO or (line.get("ledger") in WHO and line["at"] <= UNTIL)
    ]


def disclosure(**said: Any) -> dict[str, Any]:
    """The disclosure X-2 of the police as a command, with other things said."""
    line = next(line for line in lines() if line.get("disclosure_id") == "X-2")
    command = {key: value for key, value in line.items() if key not in ("ledger", "at", "row", "expect")}
    return {**command, "recorded_at": UNTIL, **said}


def played(base: Path) -> Path:
    """The folder of the two ledgers, once all of that is recorded."""
    file = base / "scenario.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines()), encoding="utf-8")
    assert run(["play", str(file), "--into", str(base / "ledgers")]) == 0
    return base / "ledgers"
