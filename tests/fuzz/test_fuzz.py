"""A few altered inputs for every parser of outside bytes; `make fuzz` feeds them for minutes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from fuzz.every import all_targets
from fuzz.mutations import as_json, as_msgpack, bytes_altered, tree_altered
from fuzz.target import Target

from ledger.errors import Malformed

EACH = 12  # inputs for one target; the alterations are the same in every run, the keys in the examples are not


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Target]]:
    with all_targets(tmp_path_factory.mktemp("fuzz")) as found:
        yield found


def test_what_is_whole_is_accepted(targets: list[Target]) -> None:
    """Else nothing would be shown by what is refused."""
    refused = [
        (target.name, n) for target in targets for n, data in enumerate(target.whole) if not target.accepts(data)
    ]
    assert refused == []


def test_every_altered_input_ends_in_a_verdict_and_none_passes_for_another(targets: list[Target]) -> None:
    assert len({target.name for target in targets}) == len(targets) >= 40
    for target in targets:
        random = Random(target.name)
        for number in range(EACH):
            data = target.make(random)
            try:
                target.accepts(data)
            except Exception as error:
                error.add_note(f"input {number} of {target.name}: {data[:400]!r}")
                raise


def wrong(data: bytes) -> bool:
    raise KeyError(data)


def refused(data: bytes) -> bool:
    raise Malformed("it is none")


def test_a_parser_that_stumbles_is_found() -> None:
    assert Target.of("refuses", [b"x"], refused).accepts(b"x") is False
    with pytest.raises(KeyError):
        Target.of("stumbles", [b"x"], wrong).accepts(b"x")


def test_alterations_are_of_every_kind() -> None:
    """Shorter, longer and other bytes; other types, missing and added parts; and always bytes in the end."""
    random, data, tree = Random(1), bytes(range(64)), {"a": [1, "text", b"bytes", None], "b": {"c": True}}
    altered = [bytes_altered(random, data, [data]) for _ in range(300)]
    assert {-1, 0, 1} <= {(len(one) > 64) - (len(one) < 64) for one in altered}
    trees = [tree_altered(random, tree) for _ in range(300)]
    assert {type(one["a"]) for one in trees if isinstance(one, dict) and "a" in one} >= {list, int, str, bytes, dict}
    assert any(isinstance(one, dict) and "a" not in one for one in trees)
    assert any(isinstance(one, dict) and one.keys() - {"a", "b"} for one in trees)
    assert tree == {"a": [1, "text", b"bytes", None], "b": {"c": True}}
    assert all(isinstance(encode(random, one), bytes) for one in trees for encode in (as_json, as_msgpack))
