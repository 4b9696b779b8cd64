"""“The scheme is for anyone in an intimate relationship regardless of gender”: nothing in it asks for one (Q133)."""

import json
import re

import pytest

from ledger.procedure.command import schema
from ledger.procedure.declare import BY_NAME
from ledger.procedure.edition import shipped

GENDERED = re.compile(
    r"gender|^sex$|\b(fe)?male\b|\b(wo)?m[ae]n\b|husband|wife|girlfriend|boyfriend|\b(s?he|his|her|him)\b"
)
KINDS = sorted(name for name, kind in BY_NAME.items() if kind.wire.startswith("scheme/"))
EDITIONS = [s.edition for s in shipped().values() if s.edition.family == "dvds"]


@pytest.mark.parametrize("name", [*KINDS, "PersonLinked"])
def test_no_event_has_a_field_for_it(name):
    fields = re.findall(r'"(\w+)": \{', json.dumps(schema(name)))
    assert fields
    assert [field for field in fields if GENDERED.search(field.replace("_", " "))] == []


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.edition_id)
def test_no_code_and_no_wording_of_the_scheme_means_one(edition):
    codes = [code.replace("_", " ") for codes in edition.vocabulary.values() for code in codes]
    texts = [*(rule.message for rule in edition.rules.values()), *edition.wording.values()]
    assert [text for text in [*codes, *texts] if GENDERED.search(text)] == []
