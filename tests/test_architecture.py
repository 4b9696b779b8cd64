"""The rules of the house, read from the source by `ast`, so that breaking one fails before anyone argues about it.

1. Imports run one way: `web`, `cli` → `projections` → `ledger`; nobody imports `cli` but the script and tests.
2. Other rooms write `from ledger import X`, X in its `__all__`, or `from ledger.errors import X`; never what is behind.
3. Inside `ledger`: facade → store, procedure, proof; store → proof; procedure and proof know only the errors.
4. One door for each third-party library, and no library without a door.
5. procedure and proof are pure: no database, network, process, clock or chance; these are passed in.
6. No pickle, no eval or exec, no import of a name that only exists at run time.

`offences` takes source text and a path, so the second half of this file can plant one wrong line for each rule.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# 1
MAY_IMPORT = {
    "ledger": {"ledger"},
    "projections": {"projections", "ledger"},
    "cli": {"cli", "projections", "ledger"},
    "web": {"web", "projections", "ledger"},
}
# 3
LEDGER_MAY_IMPORT = {
    "errors": {"errors"},
    "proof": {"proof", "errors"},
    "procedure": {"procedure", "errors"},
    "store": {"store", "proof", "errors"},
    "facade": {"facade", "store", "procedure", "proof", "errors"},
}
# 4
DOORS = {
    "msgpack": "ledger/proof/values.py",
    "cryptography": "ledger/proof/primitives.py",
    "eventsourcing": "ledger/store/",
    "msgspec": "ledger/procedure/declare.py",
    "sqlite_utils": "projections/",
    "click": "cli/",
    "pkcs11": "ledger/hsm.py",
    "docx": "cli/documents/as_docx.py",
    "drawsvg": "cli/pictures/canvas.py",
    "fpdf": "cli/documents/as_pdf.py",
    "xlsxwriter": "cli/documents/as_xlsx.py",
}
# Where a library's name is not that of its distribution.
DISTRIBUTED_AS = {"python_pkcs11": "pkcs11", "python_docx": "docx", "fpdf2": "fpdf"}
# Data alone: what zoneinfo reads, and a typeface.
DATA = {"tzdata", "fontpkg_lato"}
# 5
IMPURE = {"os", "random", "secrets", "socket", "sqlite3", "subprocess", "time", "urllib"}
# 6
PICKLES = {"dill", "marshal", "pickle", "shelve"}
RUNS_TEXT = {"eval", "exec", "compile", "__builtins__"}
IMPORTS_BY_NAME = {"import_module", "__import__", "resolve_name", "resolve_topic", "run_module", "run_path"}


def offences(source: str, path: str, face: frozenset[str]) -> list[str]:
    """Each broken rule of the file at `path` (from the repository's root, with `/`) as `path:line: why`."""
    tree = ast.parse(source, path)
    found = [
        (line, why)
        for line, module, name in imports(tree, path)
        for why in (direction(path, module), behind_the_face(path, module, name, face), inside(path, module, name))
        if why
    ]
    if room_of(path):
        found += [(line, why) for line, module, _ in imports(tree, path) if (why := library(path, module))]
        found += runtime_names(tree)
    return [f"{path}:{line}: {why}" for line, why in sorted(set(found))]


def imports(tree: ast.AST, path: str) -> Iterator[tuple[int, str, str | None]]:
    """(line, module, name) of every import, nested, relative and literal dynamic ones too; no name: `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, absolute(node, path), alias.name) for alias in node.names)
        elif literal := imported_literal(node):
            yield node.lineno, literal, None  # type: ignore[attr-defined]


def absolute(node: ast.ImportFrom, path: str) -> str:
    """The module a `from` names, its leading dots resolved from `path`."""
    here = Path(path).with_suffix("").parts  # a package's `__init__` counts as a module in it, so dots resolve alike
    return ".".join([*here[: len(here) - node.level if node.level else 0], *filter(None, [node.module])])


def imported_literal(node: ast.AST) -> str | None:
    """What `import_module("x.y")` imports, if it is written there."""
    if isinstance(node, ast.Call) and name_of(node.func) in IMPORTS_BY_NAME and node.args:
        named = node.args[0]
        return named.value if isinstance(named, ast.Constant) and isinstance(named.value, str) else None
    return None


def name_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def top(name: str, by: str = ".") -> str:
    return name.partition(by)[0]


def room_of(path: str) -> str | None:
    """The room a file is in; none for tests, benchmarks and scripts."""
    room = top(path, "/")
    return room if room in MAY_IMPORT else None


def direction(path: str, module: str) -> str | None:
    target, room = top(module), room_of(path)
    if room and target in MAY_IMPORT and target not in MAY_IMPORT[room]:
        return f"{room} must not import {target}"
    if not room and target == "cli" and not path.startswith("tests/"):
        return "nobody imports cli but the script and tests"
    return None


def behind_the_face(path: str, module: str, name: str | None, face: frozenset[str]) -> str | None:
    room = room_of(path)
    if room in (None, "ledger") or top(module) != "ledger":
        return None
    if name is None:
        return "write `from ledger import …`, not `import ledger`"
    if module == "ledger.errors" or (module == "ledger" and name in face | {"errors"}):
        return None
    return f"{module}.{name} is behind the face of ledger"


def inside(path: str, module: str, name: str | None) -> str | None:
    if room_of(path) != "ledger" or top(module) != "ledger":
        return None
    here, there = part_of(Path(path).with_suffix("").parts), part_of((*module.split("."), *filter(None, [name])))
    return None if there in LEDGER_MAY_IMPORT[here] else f"ledger's {here} must not import its {there}"


def part_of(dotted: tuple[str, ...]) -> str:
    """Which part of ledger a dotted name lies in; what lies in none of the others is the facade."""
    return dotted[1] if len(dotted) > 1 and dotted[1] in LEDGER_MAY_IMPORT else "facade"


def library(path: str, module: str) -> str | None:
    name = top(module)
    if name in PICKLES:
        return f"{name} runs what it reads"
    if name in IMPURE and path.startswith(("ledger/proof/", "ledger/procedure/")):
        return f"{name} in a pure part: pass it in"
    if name in sys.stdlib_module_names or name in MAY_IMPORT:
        return None
    door = DOORS.get(name)
    if door is None:
        return f"{name} has no door"
    # A door that is a folder ends in `/`.
    return None if path == door or (door.endswith("/") and path.startswith(door)) else f"the door of {name} is {door}"


def runtime_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Uses of what runs text or imports by name; only a call with the module's name written there may pass."""
    literal = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and imported_literal(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name in IMPORTS_BY_NAME and (alias.asname or alias.name != "import_module"):
                    yield node.lineno, f"{alias.name} imports by a name from run time"
        elif isinstance(node, ast.Name) and node.id in RUNS_TEXT:
            yield node.lineno, f"{node.id} runs text"
        elif isinstance(node, ast.Attribute) and node.attr in RUNS_TEXT and name_of(node.value) == "builtins":
            yield node.lineno, f"builtins.{node.attr} runs text"
        elif isinstance(node, ast.expr) and name_of(node) in IMPORTS_BY_NAME and id(node) not in literal:
            yield node.lineno, f"{name_of(node)} imports by a name from run time"


def face_of(source: str) -> frozenset[str]:
    """The names in a module's literal `__all__`."""
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "__all__":
            return frozenset(ast.literal_eval(node.value))  # type: ignore[attr-defined]
    return frozenset()


# The house as it stands


def sources() -> list[str]:
    """Every Python file of the repository but its tests."""
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
    aside = {"tests", "build", "dist"}
    return sorted(path.as_posix() for path in paths if path.parts[0] not in aside and not path.parts[0].startswith("."))


@pytest.fixture(scope="module")
def house_face():
    return face_of((ROOT / "ledger/__init__.py").read_text())


def test_the_face_of_ledger_is_written_down_and_holds_no_room_of_its_own(house_face):
    assert house_face
    assert not house_face & {"proof", "procedure", "store"}


def test_there_is_a_house_to_look_at():
    assert {"ledger", "projections", "cli"} <= {top(path, "/") for path in sources()}


@pytest.mark.parametrize("path", sources())
def test_the_house_keeps_its_rules(path, house_face):
    assert offences((ROOT / path).read_text(), path, house_face) == []


def test_every_door_is_there_and_every_dependency_has_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    dependencies = [*project["dependencies"], *extras["hsm"], *extras["office"]]
    names = {re.split(r"[\[<>=]", line)[0].replace("-", "_") for line in dependencies}
    names = {DISTRIBUTED_AS.get(name, name) for name in names}
    assert names - DATA == set(DOORS)
    assert [door for door in DOORS.values() if not (ROOT / door).exists()] == []


# Planted: each rule, broken once, is reported; what is allowed is not

FACE = frozenset({"Ledger", "Verdict"})

PLANTED = [
    # 1 direction
    ("ledger/ledger.py", "from projections import case", "ledger must not import projections"),
    ("ledger/store/sqlite.py", "import cli", "ledger must not import cli"),
    ("ledger/extract.py", "from web import pages", "ledger must not import web"),
    ("projections/case.py", "from cli.main import main", "projections must not import cli"),
    ("projections/case.py", "from web import pages", "projections must not import web"),
    ("web/pages.py", "import cli.main", "web must not import cli"),
    ("cli/serve.py", "import web", "cli must not import web"),
    ("cli/x.py", "def f():\n    if True:\n        from web import pages", "cli must not import web"),
    ("benchmarks/__main__.py", "from cli.main import main", "nobody imports cli"),
    ("docs/make.py", "import cli", "nobody imports cli"),
    # 2 the face
    ("cli/verify.py", "from ledger.proof.record import Record", "behind the face"),
    ("cli/verify.py", "from ledger.proof import record", "behind the face"),
    ("cli/verify.py", "from ledger import proof", "behind the face"),
    ("cli/verify.py", "from ledger import NotInAll", "behind the face"),
    ("cli/verify.py", "from ledger import *", "behind the face"),
    ("cli/verify.py", "from ledger.ledger import Ledger", "behind the face"),
    ("cli/verify.py", "import ledger", "not `import ledger`"),
    ("cli/verify.py", "import ledger.proof.record as r", "not `import ledger`"),
    ("cli/verify.py", "import importlib\nimportlib.import_module('ledger.proof')", "not `import ledger`"),
    ("projections/case.py", "from ledger.store.sqlite import Store", "behind the face"),
    ("projections/case.py", "from ledger import Ledger, store", "ledger.store is behind the face"),
    ("web/pages.py", "if TYPE_CHECKING:\n    from ledger.proof.record import Record", "behind the face"),
    # 3 inside ledger
    ("ledger/proof/record.py", "from ledger.procedure import rules", "proof must not import its procedure"),
    ("ledger/proof/record.py", "from ..procedure import rules", "proof must not import its procedure"),
    ("ledger/proof/__init__.py", "from ..procedure import rules", "proof must not import its procedure"),
    ("ledger/proof/record.py", "from .. import store", "proof must not import its store"),
    ("ledger/proof/record.py", "import ledger.store.sqlite", "proof must not import its store"),
    ("ledger/proof/record.py", "from ledger import Ledger", "proof must not import its facade"),
    ("ledger/proof/record.py", "import ledger", "proof must not import its facade"),
    ("ledger/procedure/rules/consent.py", "from ledger.proof import record", "procedure must not import its proof"),
    ("ledger/procedure/rules/consent.py", "from ...proof import record", "procedure must not import its proof"),
    ("ledger/procedure/judge.py", "from ledger.store import sqlite", "procedure must not import its store"),
    ("ledger/procedure/judge.py", "from ledger.extract import Extract", "procedure must not import its facade"),
    ("ledger/store/sqlite.py", "from ledger.procedure.events import case", "store must not import its procedure"),
    ("ledger/store/sqlite.py", "from ledger.ledger import Ledger", "store must not import its facade"),
    ("ledger/errors.py", "from ledger.proof import record", "errors must not import its proof"),
    # 4 doors
    ("ledger/proof/record.py", "import msgpack", "the door of msgpack is ledger/proof/values.py"),
    ("ledger/store/vault.py", "from cryptography.hazmat.primitives import hashes", "the door of cryptography"),
    ("ledger/ledger.py", "from eventsourcing.application import Application", "the door of eventsourcing"),
    ("ledger/procedure/events/case.py", "import msgspec", "the door of msgspec"),
    ("ledger/procedure/declare_more.py", "import msgspec", "the door of msgspec"),
    ("ledger/store/sqlite.py", "import sqlite_utils", "the door of sqlite_utils"),
    ("projections/case.py", "import click", "the door of click"),
    ("ledger/keyring.py", "from pkcs11 import lib", "the door of pkcs11"),
    ("cli/documents/twin.py", "import docx", "the door of docx"),
    ("cli/pictures/graph.py", "from drawsvg import Raw", "the door of drawsvg"),
    ("cli/documents/as_html.py", "import fpdf", "the door of fpdf"),
    ("cli/out.py", "import xlsxwriter", "the door of xlsxwriter"),
    ("ledger/ledger.py", "import requests", "requests has no door"),
    ("cli/main.py", "from tests import fixtures", "tests has no door"),
    # 5 purity
    ("ledger/proof/seal.py", "import secrets", "pass it in"),
    ("ledger/procedure/judge.py", "from time import time", "pass it in"),
    ("ledger/proof/verify.py", "import sqlite3", "pass it in"),
    # 6 run time
    ("ledger/store/sqlite.py", "import pickle", "pickle runs what it reads"),
    ("projections/case.py", "from shelve import open", "shelve runs what it reads"),
    ("cli/main.py", "eval(text)", "eval runs text"),
    ("cli/main.py", "run = exec", "exec runs text"),
    ("cli/main.py", "import builtins\nbuiltins.eval(text)", "builtins.eval runs text"),
    ("cli/main.py", "import importlib\nimportlib.import_module(verb)", "by a name from run time"),
    ("cli/main.py", "import importlib\nimportlib.import_module(f'cli.{verb}')", "by a name from run time"),
    ("cli/main.py", "from importlib import import_module\nfind = import_module", "by a name from run time"),
    ("cli/main.py", "from importlib import import_module as find", "by a name from run time"),
    ("cli/main.py", "__import__(verb)", "by a name from run time"),
    ("ledger/store/sqlite.py", "from eventsourcing.utils import resolve_topic", "by a name from run time"),
    ("ledger/store/sqlite.py", "from eventsourcing import utils\nutils.resolve_topic(t)", "by a name from run time"),
]

ALLOWED = [
    ("web/pages.py", "from projections import case\nfrom ledger import Ledger"),
    ("cli/verify.py", "from ledger import Ledger, Verdict, errors\nfrom ledger.errors import Refused"),
    ("cli/verify.py", "from . import wiring\nfrom cli.exits import code\nimport click"),
    ("cli/main.py", "from importlib import import_module\nimport_module('cli.verify')"),
    ("cli/main.py", "import re\nre.compile('x')\ndb.exec('x')"),
    ("projections/case.py", "import sqlite3\nimport sqlite_utils\nfrom ledger import Ledger"),
    ("ledger/__init__.py", "from .ledger import Ledger\nfrom ledger.proof.verify import Verdict"),
    ("ledger/ledger.py", "import time\nfrom ledger.store import sqlite\nfrom . import extract, procedure"),
    ("ledger/store/sqlite.py", "import sqlite3\nimport eventsourcing.sqlite\nfrom ..proof import record"),
    ("ledger/store/sqlite.py", "from ledger import errors\nfrom ledger.errors import StorageError"),
    ("ledger/proof/__init__.py", "from .record import Record\nfrom . import tree\nfrom ..errors import Malformed"),
    ("ledger/proof/values.py", "import msgpack"),
    ("ledger/proof/primitives.py", "from cryptography.hazmat.primitives import hashes"),
    ("ledger/procedure/declare.py", "import msgspec"),
    ("benchmarks/__main__.py", "from ledger.proof.record import Record\nimport msgpack"),
    ("tests/test_cli.py", "from cli.main import main\nimport pickle"),
]


@pytest.mark.parametrize(("path", "source", "why"), PLANTED)
def test_a_planted_offence_is_reported(path, source, why):
    reported = offences(source, path, FACE)
    assert len(reported) == 1
    assert reported[0].startswith(f"{path}:")
    assert why in reported[0]


@pytest.mark.parametrize(("path", "source"), ALLOWED)
def test_what_is_allowed_is_not_reported(path, source):
    assert offences(source, path, FACE) == []


@pytest.mark.parametrize("source", ["__all__ = ['Ledger']", "__all__: list[str] = ['Ledger']", "__all__ = ('Ledger',)"])
def test_the_face_is_read_from_all(source):
    assert face_of(source) == {"Ledger"}
    assert face_of("Ledger = 1") == frozenset()


# The rule that nothing is skipped, tried on small runs of their own

RUNS = {
    "def test(): pass": 0,
    "import pytest\ndef test(): pytest.skip('not today')": 1,
    "import pytest\n@pytest.mark.skipif(True, reason='x')\ndef test(): pass\ndef test_other(): pass": 1,
    "import pytest\n@pytest.mark.xfail\ndef test(): assert False": 1,
    "import pytest\n@pytest.mark.xfail(strict=False)\ndef test(): pass": 1,
    "import pytest\npytest.importorskip('no_such_library')": 1,
}


@pytest.mark.parametrize(("source", "status"), RUNS.items())
def test_a_run_that_skips_fails(tmp_path, source, status):
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "test_one.py").write_text(source)
    (tmp_path / "test_two.py").write_text("def test_beside_it(): pass")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == status, run.stdout
    assert ("Not run, which fails the whole run" in run.stdout) == bool(status)
