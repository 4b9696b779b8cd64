"""How many witnesses' cosignatures make a checkpoint count: k of n, of which f may be dishonest.

Two checkpoints that contradict each other can both have k cosignatures only if more than f witnesses gave one to
each. So k > (n + f) / 2 is demanded: any two sets of k then share an honest witness.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import Malformed
from ledger.proof import cosignature
from ledger.proof.cosignature import Cosigned, Cosigner
from ledger.proof.note import Note


@dataclass(frozen=True)
class Witness:
    """One witness under the name that the policy gives it, with every key of its that is still good."""

    name: str
    cosigners: tuple[Cosigner, ...]


@dataclass(frozen=True)
class Quorum:
    """The policy. Malformed where `needed` is too few or too many, or two witnesses share a key."""

    needed: int
    dishonest: int
    witnesses: tuple[Witness, ...]

    def __post_init__(self) -> None:
        count = len(self.witnesses)
        if self.dishonest < 0 or not self.needed <= count:
            raise Malformed(f"of {count} witnesses {self.needed} are wanted, and {self.dishonest} may be dishonest")
        if 2 * self.needed <= count + self.dishonest:
            raise Malformed(
                f"{self.needed} of {count} witnesses are too few where {self.dishonest} may be dishonest: two "
                f"histories could each have as many. It takes {(count + self.dishonest) // 2 + 1}"
            )
        for field in (0, 1):
            seen = [key for w in self.witnesses for key in {cosigner[field] for cosigner in w.cosigners}]
            if len(set(seen)) != len(seen):
                raise Malformed("two of the witnesses are one and the same: they share a name or a key")

    def exclude(self, name: str, publics: Sequence[bytes]) -> None:
        """Malformed where a witness is the ledger itself: nobody vouches for their own history."""
        for witness in self.witnesses:
            if any(c.name == name or c.public in publics for c in witness.cosigners):
                raise Malformed(
                    f"the witness {witness.name!r} is this ledger itself, whose own word counts for nothing"
                )

    def cosigned(self, opened: Note) -> list[tuple[str, Cosigned]]:
        """Which witnesses cosigned this note, each once. IntegrityError for a cosignature that is not valid."""
        names = {cosigner: witness.name for witness in self.witnesses for cosigner in witness.cosigners}
        found: dict[str, Cosigned] = {}
        for cosigned in cosignature.check(opened, list(names)):
            found.setdefault(names[cosigned.cosigner], cosigned)
        return list(found.items())
