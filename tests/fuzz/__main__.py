"""Feed altered files to every parser of outside bytes for some minutes: `make fuzz`, or `make fuzz MINUTES=60`.

An input fails that ends in anything but a verdict or one of our errors, is accepted and must not be, takes longer than
`LONGEST` seconds, or memory beyond `MEMORY`. The first of each kind is kept as a file, with where it went wrong.
"""

from __future__ import annotations

import argparse
import faulthandler
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom
from types import FrameType

from fuzz.every import all_targets
from fuzz.target import Target

LONGEST = 2.0  # seconds for one input; some take files of many signatures
STUCK = 30.0  # seconds after which even code that no signal reaches is given up
MEMORY = 4 << 30


class TooLongError(BaseException):
    """Past every `except Exception` on the way."""


def too_long(_: int, __: FrameType | None) -> None:
    raise TooLongError


def main() -> int:
    """The exit code: 0 if nothing failed."""
    asked = argparse.ArgumentParser(prog="fuzz", description=__doc__.partition("\n")[0])
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument(
        "--seed", type=int, default=SystemRandom().randrange(1 << 32), help="to make the same alterations again"
    )
    asked.add_argument("--only", default="", help="of the targets whose names begin like this")
    asked.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "ruleseven-fuzz", help="where failing inputs go"
    )
    given = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, too_long)
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory() as folder, all_targets(Path(folder)) as targets:
        chosen = [target for target in targets if target.name.startswith(given.only)]
        return Run(chosen, given.seed, given.keep).until(time.monotonic() + 60 * given.minutes)


class Run:
    """Counts what became of the inputs, and keeps the first of each way to fail."""

    def __init__(self, targets: list[Target], seed: int, keep: Path) -> None:
        self.targets, self.seed, self.keep = targets, seed, keep
        self.fed: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.spent: Counter[str] = Counter()
        self.slowest: Counter[str] = Counter()
        self.failures: Counter[tuple[str, str]] = Counter()

    def until(self, end: float) -> int:
        """Feed each target for a moment in turn until then, and tell what came of it."""
        random = Random(self.seed)
        for target in self.targets:
            for data in target.whole:
                if not target.accepts(data):
                    raise SystemExit(f"{target.name}: what is whole is not accepted, so nothing is tried.")
        while time.monotonic() < end:
            for target in self.targets:
                turn = time.monotonic() + 0.5
                while time.monotonic() < turn:
                    self.one(target, target.make(random))
        self.tell()
        return 1 if self.failures else 0

    def one(self, target: Target, data: bytes) -> None:
        """One input, watched."""
        faulthandler.dump_traceback_later(STUCK, exit=True)
        signal.setitimer(signal.ITIMER_REAL, LONGEST)
        began = time.monotonic()
        try:
            self.accepted[target.name] += target.accepts(data)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what this looks for
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.failed(target.name, data, error)
        signal.setitimer(signal.ITIMER_REAL, 0)
        took = time.monotonic() - began
        self.fed[target.name] += 1
        self.spent[target.name] += took  # type: ignore[assignment]
        self.slowest[target.name] = max(self.slowest[target.name], took)  # type: ignore[assignment]

    def failed(self, name: str, data: bytes, error: BaseException) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} in {Path(last.filename).name}, {last.name}: {str(error)[:160]}"
        self.failures[name, kind] += 1
        if self.failures[name, kind] == 1:
            self.keep.mkdir(parents=True, exist_ok=True)
            file = self.keep / f"{len(self.failures)} {name}"
            file.write_bytes(data)
            file.with_suffix(".txt").write_text("".join(traceback.format_exception(error))[-20_000:], errors="replace")
            print(f"FAILED {name}: {kind}; kept as {file}", flush=True)

    def tell(self) -> None:
        total, spent = sum(self.fed.values()), sum(self.spent.values())
        print(f"{'target':32} {'inputs':>9} {'accepted':>9} {'a second':>9} {'slowest s':>9}")
        for target in self.targets:
            name = target.name
            rate = self.fed[name] / max(self.spent[name], 1e-9)
            print(f"{name:32} {self.fed[name]:9,} {self.accepted[name]:9,} {rate:9,.0f} {self.slowest[name]:9.3f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        ways = len(self.failures)
        print(
            f"{total:,} inputs, {total / max(spent, 1e-9):,.0f} a second; peak memory {peak} MiB; {ways} ways to fail"
        )


if __name__ == "__main__":
    sys.exit(main())
