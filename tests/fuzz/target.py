"""A parser under fuzzing: what makes inputs for it, and what says whether one of them was accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from fuzz.mutations import bytes_altered

from ledger.errors import RuleSevenError

Alter = Callable[[Random, bytes, Sequence[bytes]], bytes]


@dataclass(frozen=True)
class Target:
    """`make` gives an input, one of the `whole` ones altered. `feed` tells whether it was accepted, refuses it with one
    of our errors, or fails; it accepts the whole ones.

    It fails by any other exception: those of a parser that met what it did not expect, or an AssertionError of its own
    where what was accepted must not be.
    """

    name: str
    whole: Sequence[bytes]
    make: Callable[[Random], bytes]
    feed: Callable[[bytes], bool]

    @classmethod
    def of(
        cls, name: str, whole: Sequence[bytes], feed: Callable[[bytes], bool], alter: Alter = bytes_altered
    ) -> Target:
        """Whose inputs are the whole ones altered."""
        return cls(name, whole, lambda random: alter(random, random.choice(whole), whole), feed)

    def accepts(self, data: bytes) -> bool:
        """Whether the input was accepted; our own errors are refusals."""
        try:
            return self.feed(data)
        except RuleSevenError as error:
            if not str(error):
                raise AssertionError("a refusal that does not say why") from error
            return False


def refuses(action: Callable[[], object]) -> None:
    """Do what may be refused; whatever else is raised goes on."""
    with suppress(RuleSevenError):
        action()


def only(known: Iterable[bytes], accepted: bool, data: bytes) -> bool:
    """What is signed is accepted byte by byte as it was, or not at all."""
    assert not accepted or data in known, "accepted, though it is not what was signed"
    return accepted
