"""What an installation brings: our three top-level names, ours alone, and every file that they need.

Two distributions that ship a package called `cli` overwrite each other without a word; this is where it would show.
"""

import tomllib
from fnmatch import fnmatch
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("ledger", "projections", "cli")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
FILES = sorted(
    path.relative_to(ROOT)
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)


@pytest.mark.parametrize("room", ROOMS)
def test_top_level_name_belongs_to_ruleseven_alone(room):
    assert set(packages_distributions()[room]) == {"ruleseven"}


def test_no_other_top_level_name_is_brought():
    ours = {name for name, owners in packages_distributions().items() if "ruleseven" in owners}
    assert {name for name in ours if not name.startswith("__editable__")} == set(ROOMS)


def test_command_is_ruleseven():
    scripts = distribution("ruleseven").entry_points.select(group="console_scripts")
    assert [(script.name, script.value) for script in scripts] == [("ruleseven", "cli.main:main")]


def test_every_folder_with_python_is_listed():
    folders = {".".join(path.parent.parts) for path in FILES if path.suffix == ".py"}
    assert folders <= set(SETTINGS["packages"])


def test_every_listed_folder_is_there():
    assert {name for name in SETTINGS["packages"] if not (ROOT / name.replace(".", "/")).is_dir()} == set()


def test_every_other_file_is_package_data():
    globs = [
        f"{package.replace('.', '/')}/{glob}" for package, some in SETTINGS["package-data"].items() for glob in some
    ]
    data = [path.as_posix() for path in FILES if path.suffix != ".py"]
    assert [path for path in data if not any(fnmatch(path, glob) for glob in globs)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_types_are_offered_to_users(room):
    assert (ROOT / room / "py.typed").is_file()
