"""One error tree, divided by whose fault it is; `cli/exits.py` turns it into exit codes, once.

Every message is one or two plain sentences: what is wrong, where (line, field, rule or position), what to do. No
message carries a passphrase, a key or the value of a sealed field.
"""


class RuleSevenError(Exception):
    """Whatever RuleSeven says no with. `index` counts the command at fault, from 0, where several were given."""

    index: int | None = None


class UsageError(RuleSevenError):
    """The caller gave something that cannot be meant: the fault is in the input, nothing was stored."""


class Malformed(UsageError):
    """Bytes, JSON, a field or a time that does not have the shape it must have."""


class UnknownId(UsageError):
    """A case, scheme, person, agency, view or position that this ledger does not hold."""


class ForeignFile(UsageError):
    """A file of another kind, or of another ledger, or a folder that is already in use."""


class Refused(RuleSevenError):
    """The rules of the procedure refuse a planned act (or the structure of any act).

    `rules` are the ids of the E rules; the message says what would put each right. `repeated`: this very command was
    refused before, and its trace is recorded already. `sentences` are what each rule says, in their order, where known.
    """

    def __init__(
        self, rules: tuple[str, ...], message: str, *, repeated: bool = False, sentences: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.rules = rules
        self.repeated = repeated
        self.sentences = sentences


class StorageError(RuleSevenError):
    """The store could not take or give the bytes: busy, full, read-only. Nothing was half-written."""


class Conflict(StorageError):
    """The same command id was used for something else."""


class IntegrityError(RuleSevenError):
    """What is stored is not what was written and signed."""

    def __init__(self, message: str, position: int | None = None, step: int | None = None) -> None:
        super().__init__(message)
        self.position = position
        self.step = step


class Undecided(RuleSevenError):
    """Not able to decide or to go on: what is needed is missing, locked or newer than this program."""


class Locked(Undecided):
    """Wrong passphrase, or no vault where one is needed."""


class NewerVersion(Undecided):
    """The ledger or extract was written by a newer version of RuleSeven."""
