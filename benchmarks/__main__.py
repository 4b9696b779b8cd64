"""`make bench`: some ten minutes on two cores, a table on the screen and the same figures as JSON.

Five of them are the recording of 200,000 mixed events, over which every projection is then built. For a quicker look,
`python -m benchmarks figures.json 20000` takes fewer.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import CORES, Result, appends, extracts, proofs, rebuilds, verification

RECORDS, MIXED = 100_000, 200_000


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("benchmarks.json")
    mixed = int(sys.argv[2]) if len(sys.argv) > 2 else MIXED
    with tempfile.TemporaryDirectory() as folder:
        results, ledger = appends(Path(folder))
        with ledger:
            results += verification(ledger, RECORDS)
            results += extracts(ledger, Path(folder))
        results += rebuilds(Path(folder), mixed)
    results += proofs()
    for result in results:
        print(line(result))
    about = {"python": platform.python_version(), "cores": CORES, "records": RECORDS, "mixed": mixed}
    out.write_text(json.dumps({"about": about, "results": [r._asdict() for r in results]}, indent=2) + "\n")
    print(f"\nWritten to {out}.")


def line(result: Result) -> str:
    return (
        f"{result.what:38} {result.ours:>10,.0f} {result.unit:10} {result.ratio:5.2f}× "
        f"of {result.theirs:,.0f} ({result.compared_with}); aim {result.target}"
    )


if __name__ == "__main__":
    main()
