"""`make bench`: a minute or two, a table on the screen and the same figures as JSON."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import CORES, Result, appends, extracts, proofs, rebuilds, verification

RECORDS = 100_000


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("benchmarks.json")
    with tempfile.TemporaryDirectory() as folder:
        results, ledger = appends(Path(folder))
        with ledger:
            results += verification(ledger, RECORDS)
            results += extracts(ledger, Path(folder))
        results += rebuilds(Path(folder), RECORDS)
    results += proofs()
    for result in results:
        print(line(result))
    about = {"python": platform.python_version(), "cores": CORES, "records": RECORDS}
    out.write_text(json.dumps({"about": about, "results": [r._asdict() for r in results]}, indent=2) + "\n")
    print(f"\nWritten to {out}.")


def line(result: Result) -> str:
    return (
        f"{result.what:38} {result.ours:>10,.0f} {result.unit:10} {result.ratio:5.2f}× "
        f"of {result.theirs:,.0f} ({result.compared_with}); aim {result.target}"
    )


if __name__ == "__main__":
    main()
