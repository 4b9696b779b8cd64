"""The rules that are implemented are those of the catalogue, each at its levels, each with words for people."""

import pytest
from procedure.catalogue import CATALOGUE

from ledger.procedure.edition import shipped
from ledger.procedure.rules.registry import RULES

TEXTS = [(key, text, name) for name, found in shipped().items() for key, text in found.edition.rules.items()]


def test_the_catalogue_is_implemented_no_more_and_no_less():
    assert (sorted(RULES), len(RULES)) == (sorted(CATALOGUE), 137)


@pytest.mark.parametrize("rule", CATALOGUE)
def test_each_rule_has_its_levels(rule):
    found = {f"{text.gate}/{text.fact}" for key, text, _ in TEXTS if key.split("/")[0] == rule}
    assert found == CATALOGUE[rule]


def test_every_text_is_for_a_rule_says_something_and_shouts_at_nobody():
    for key, text, edition in TEXTS:
        assert key.split("/")[0] in CATALOGUE, (edition, key)
        assert text.message[-1] in ".?)", (edition, key)
        assert "!" not in text.message, (edition, key)
        assert len(text.message) > 20, (edition, key)
