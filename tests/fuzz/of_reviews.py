"""What is added to a review: extracts altered as they are, or inside and signed again, whether they verify or not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from altered import Made, extracts_of_each_mode
from fuzz.of_extracts import read_whole, signed_again, unsigned
from fuzz.target import Target, only
from support import found

from ledger import Actor, Ledger, add_source, check_extract, open_sources, sources_of
from ledger.errors import RuleSevenError
from ledger.extract_body import COMPLETE, SELECTIVE

REVIEWER = Actor(staff_ref="R-1", role="reviewer")


class Review:
    """A review without sources, made anew after each that it took."""

    def __init__(self, made: Made, folder: Path) -> None:
        self.made, self.file = made, folder / "given.r7x"
        self.empty, self.folder = folder / "empty", folder / "review"
        with found(self.empty, practice=made.ledger.practice) as ledger:
            ledger.record({"do": "ReviewOpened", "review": "R", "kind": "internal", "title": "R"}, actor=REVIEWER)
        shutil.copytree(self.empty, self.folder)

    def takes(self, data: bytes) -> bool:
        """Whether it verifies: what does not is taken and marked, and what is refused leaves nothing."""
        self.file.write_bytes(data)
        try:
            with Ledger.open(self.folder) as ledger:
                source = add_source(
                    ledger, self.file, self.made.trust, lambda _: lambda: None, unverified=True, actor=REVIEWER
                )
                with open_sources(ledger, lambda _: lambda: None) as opened:
                    for reading in opened[0].readings:
                        read_whole(reading)
        except RuleSevenError:
            with Ledger.open(self.folder) as ledger:
                assert not sources_of(ledger), "refused, and added all the same"
            assert not [*self.folder.glob("sources/*")], "refused, and kept all the same"
            raise
        shutil.rmtree(self.folder)
        shutil.copytree(self.empty, self.folder)
        verified: bool = check_extract(data, self.made.trust).verdict == "verified"
        assert source.verified is verified, "a review says otherwise than extract verify"
        return verified


def targets(stack: ExitStack, folder: Path) -> Iterator[Target]:
    (folder / "keys").mkdir()
    made = stack.enter_context(extracts_of_each_mode(folder / "keys"))
    review = Review(made, folder)
    whole = [made.extracts[mode] for mode in (COMPLETE, SELECTIVE)]
    yield Target(
        "added to a review",
        whole,
        lambda random: unsigned(random, random.choice(whole), whole),
        lambda data: only(whole, review.takes(data), data),
    )
    yield Target(
        "added to a review, signed again",
        [made.signed(made.body(mode)) for mode in (COMPLETE, SELECTIVE)],
        lambda random: signed_again(random, made, random.choice((COMPLETE, SELECTIVE))),
        review.takes,
    )
