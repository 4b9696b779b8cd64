"""The ledger: the evidence, and the rules that judge what is recorded in it.

Reading order: `procedure/` (what is said: events, editions, rules, judgement), `proof/` (how it is proved: bytes,
commitments, record, verification), `store/` (where records are kept), then what joins them: `reading.py`,
`tokens.py`, `hsm.py`, `keyring.py`, `key_history.py`, `knowledge.py`, `filing.py`, `erasure.py`, `recording.py`,
`ledger.py` (the facade), `rotation.py`, `verification.py`, `trust.py`, `choice.py`, `showing.py`, `withholding.py`,
`completeness.py`, `addressee.py`, `recipient.py`, `issuing.py` (what is given to whom), `remaining.py`, `entr*.py`,
`extract*.py`, `tree_cache.py`, `checkpoints.py`, `anchors.py`, `kept.py`, `attest.py`, `tile_files.py`,
`partners.py`, `fork.py`, `growth.py`, `witness.py`, `witness_http.py`, `parcel.py`, `trusted.py`, `likeness.py`,
`arrival.py`, `notices.py`, `receiving.py`, `review_examining.py`, `review_sources.py`.
Other rooms import from here alone, and errors from `ledger.errors`.
"""

from ledger import showing
from ledger.anchors import Anchor
from ledger.attest import Attested, check_attestation, make_attestation
from ledger.checkpoints import (
    CheckpointMade,
    ConsistencyMade,
    ProofMade,
    mldsa_vkey,
    prove,
    prove_consistency,
    sign_checkpoint,
)
from ledger.choice import Choice, Shown
from ledger.completeness import check_signed
from ledger.erasure import ErasureMade
from ledger.extract import ExtractMade, create_extract
from ledger.extract_check import ExtractReport, check_extract, verify_extract
from ledger.extract_making import Purpose
from ledger.extract_reading import open_extract
from ledger.fork import EvidenceReport, check_evidence, make_evidence
from ledger.issuing import Issue, doubt, given_with, issue
from ledger.ledger import Head, Ledger
from ledger.likeness import no_such
from ledger.notices import Told
from ledger.parcel import new_parcel_key, open_parcel, seal_parcel
from ledger.partners import beginning_to_json, read_beginning, read_quorum
from ledger.procedure.answers import Answers
from ledger.procedure.clock import late
from ledger.procedure.command import Actor, Command, parse, parse_line, schema
from ledger.procedure.declare import BY_NAME, About
from ledger.procedure.defaults import ShareAnswers, WithholdAnswers
from ledger.procedure.edition import LONDON, moment
from ledger.procedure.entry import Finding, Key, Owed
from ledger.procedure.golden_rules import scorecard
from ledger.procedure.json_faults import json_fault
from ledger.procedure.judgement import Judged
from ledger.procedure.lens import Lens
from ledger.procedure.lens import Row as LensRow
from ledger.procedure.obligations import Standing
from ledger.procedure.register import Listed, local_parameters, policy_register
from ledger.procedure.rules.duty import ruling_if_late
from ledger.procedure.stages import clocks, reconsideration_due, wording
from ledger.procedure.state.world import File, World
from ledger.proof.evidence import Beginning
from ledger.proof.quorum import Quorum
from ledger.proof.report import Dispute, Report
from ledger.reading import (
    ERASED,
    LOCKED,
    MISSING,
    Erased,
    Reading,
    SealedRef,
    Unopened,
    Withheld,
    from_us,
    london,
    to_us,
)
from ledger.receiving import Taken, WhichCase, receive
from ledger.recording import Receipt, Recorded
from ledger.remaining import words_left
from ledger.review_examining import Source, examine_source
from ledger.review_sources import OpenSource, add_source, contradictions, open_sources, review_of, sources_of
from ledger.rotation import KeyMade, KeySpan, make_card, recover_key, rotate_key, signing_keys
from ledger.tile_files import TilesMade, publish_tiles
from ledger.tokens import TokenAccess
from ledger.trust import Card, Trust, load_card, read_card, write_card
from ledger.trusted import Partner, TrustFolder
from ledger.verification import Verification, verify_folder
from ledger.withholding import Withholding
from ledger.witness import CosignedNote, Witness
from ledger.witness_http import WitnessServer, gather

__all__ = [
    "BY_NAME",
    "ERASED",
    "LOCKED",
    "LONDON",
    "MISSING",
    "About",
    "Actor",
    "Anchor",
    "Answers",
    "Attested",
    "Beginning",
    "Card",
    "CheckpointMade",
    "Choice",
    "Command",
    "ConsistencyMade",
    "CosignedNote",
    "Dispute",
    "Erased",
    "ErasureMade",
    "EvidenceReport",
    "ExtractMade",
    "ExtractReport",
    "File",
    "Finding",
    "Head",
    "Issue",
    "Judged",
    "Key",
    "KeyMade",
    "KeySpan",
    "Ledger",
    "Lens",
    "LensRow",
    "Listed",
    "OpenSource",
    "Owed",
    "Partner",
    "ProofMade",
    "Purpose",
    "Quorum",
    "Reading",
    "Receipt",
    "Recorded",
    "Report",
    "SealedRef",
    "ShareAnswers",
    "Shown",
    "Source",
    "Standing",
    "Taken",
    "TilesMade",
    "TokenAccess",
    "Told",
    "Trust",
    "TrustFolder",
    "Unopened",
    "Verification",
    "WhichCase",
    "Withheld",
    "WithholdAnswers",
    "Withholding",
    "Witness",
    "WitnessServer",
    "World",
    "add_source",
    "beginning_to_json",
    "check_attestation",
    "check_evidence",
    "check_extract",
    "check_signed",
    "clocks",
    "contradictions",
    "create_extract",
    "doubt",
    "examine_source",
    "from_us",
    "gather",
    "given_with",
    "issue",
    "json_fault",
    "late",
    "load_card",
    "local_parameters",
    "london",
    "make_attestation",
    "make_card",
    "make_evidence",
    "mldsa_vkey",
    "moment",
    "new_parcel_key",
    "no_such",
    "open_extract",
    "open_parcel",
    "open_sources",
    "parse",
    "parse_line",
    "policy_register",
    "prove",
    "prove_consistency",
    "publish_tiles",
    "read_beginning",
    "read_card",
    "read_quorum",
    "receive",
    "reconsideration_due",
    "recover_key",
    "review_of",
    "rotate_key",
    "ruling_if_late",
    "schema",
    "scorecard",
    "seal_parcel",
    "showing",
    "sign_checkpoint",
    "signing_keys",
    "sources_of",
    "to_us",
    "verify_extract",
    "verify_folder",
    "wording",
    "words_left",
    "write_card",
]
