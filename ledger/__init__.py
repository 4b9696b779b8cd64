"""The ledger: the evidence, and the rules that judge what is recorded in it.

Reading order: `procedure/` (what is said: events, editions, rules, judgement), `proof/` (how it is proved: bytes,
commitments, record, verification), `store/` (where records are kept), then what joins them: `reading.py`,
`keyring.py`, `knowledge.py`, `filing.py`, `recording.py`, `ledger.py` (the facade), `verification.py`, `trust.py`,
`extract.py`.
Other rooms import from here alone, and errors from `ledger.errors`.
"""

from ledger.extract import ExtractMade, Purpose, create_extract
from ledger.extract_check import ExtractReport, check_extract, verify_extract
from ledger.ledger import Head, Ledger
from ledger.procedure.clock import late
from ledger.procedure.command import Actor, Command, parse, parse_line, schema
from ledger.procedure.declare import BY_NAME, About
from ledger.procedure.edition import LONDON, moment
from ledger.procedure.entry import Finding
from ledger.procedure.stages import clocks, reconsideration_due
from ledger.procedure.state.world import File
from ledger.proof.report import Report
from ledger.reading import ERASED, LOCKED, MISSING, Reading, SealedRef, Unopened, from_us, london, to_us
from ledger.recording import Receipt, Recorded
from ledger.trust import Card, Trust, read_card, write_card
from ledger.verification import Verification, verify_folder

__all__ = [
    "BY_NAME",
    "ERASED",
    "LOCKED",
    "LONDON",
    "MISSING",
    "About",
    "Actor",
    "Card",
    "Command",
    "ExtractMade",
    "ExtractReport",
    "File",
    "Finding",
    "Head",
    "Ledger",
    "Purpose",
    "Reading",
    "Receipt",
    "Recorded",
    "Report",
    "SealedRef",
    "Trust",
    "Unopened",
    "Verification",
    "check_extract",
    "clocks",
    "create_extract",
    "from_us",
    "late",
    "london",
    "moment",
    "parse",
    "parse_line",
    "read_card",
    "reconsideration_due",
    "schema",
    "to_us",
    "verify_extract",
    "verify_folder",
    "write_card",
]
