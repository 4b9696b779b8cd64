"""`--out FILE` on a verb that shows a view: the answer as a document, in the form that the ending of the name says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cli.wiring import wiring
from cli.words import answer, say

if TYPE_CHECKING:
    from cli.documents.chronology import Key
    from cli.documents.views import Source
    from ledger import Ledger

Decorated = Callable[..., Any]
Answer = Mapping[str, Any]
MARKING = "OFFICIAL-SENSITIVE"
FORMS = (".html", ".docx", ".xlsx", ".pdf", ".svg", ".csv")


class Out(NamedTuple):
    """Where an answer is to be written, how it is marked, and where the key goes if persons get other names."""

    file: Path
    marking: str
    key: Path | None


def out_options(command: Decorated) -> Decorated:
    """`--out`, `--marking` and `--key` on a verb that shows a view; `asked_out` says what was chosen."""
    path = click.Path(path_type=Path, dir_okay=False)
    hidden: dict[str, Any] = {"expose_value": False, "callback": _note}
    texts = [
        ("--key", path, "FILE", "With --out of a chronology: other names for persons, the key in FILE."),
        ("--marking", str, "M", f"With --out: the marking on every page (else {MARKING})."),
        ("--out", path, "FILE", f"Write a document instead: {', '.join(FORMS)}."),
    ]
    for name, kind, metavar, text in texts:
        command = click.option(name, type=kind, metavar=metavar, help=text, **hidden)(command)
    return command


def _note(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None:
        context.meta.setdefault(__name__, {})[parameter.name] = value


def asked_out() -> Out | None:
    """What was asked for; `UsageError` for an ending that is none of ours, a file that is there, or a lone `--key`."""
    from ledger.errors import UsageError

    chosen = click.get_current_context().meta.get(__name__, {})
    out, key = chosen.get("out"), chosen.get("key")
    if out is None:
        if chosen:
            raise UsageError("--marking and --key go with --out FILE")
        return None
    for path, forms in ((out, FORMS), (key, FORMS[:4])):
        if path is not None:
            if path.suffix.lower() not in forms:
                raise UsageError(f"{path}: the ending says the form, and is one of {', '.join(forms)}")
            if path.exists() or path.is_symlink():
                raise UsageError(f"{path} is there already: name a new file")
    if key is not None and (key == out or out.suffix.lower() not in FORMS[:4]):
        raise UsageError("--key goes with a document, and into a file of its own")
    return Out(out, chosen.get("marking", MARKING), key)


def write_out(ledger: Ledger, name: str, args: Mapping[str, Any], found: Answer, out: Out) -> None:
    """Write the answer of a view into the file, and the key into another."""
    from cli.documents.files import store

    if out.key is not None and name != "chronology":
        from ledger.errors import UsageError

        raise UsageError("--key goes with the chronology: no other view is written under other names")
    of = next((f"{kind} {args[kind]}" for kind in ("case", "scheme") if args.get(kind)), "")
    made = _made(ledger, name, found, of, out)
    store(made)
    told(list(made), made[out.file])


def told(files: list[Path], content: bytes) -> None:
    """Say what was written: the document, and the key if there is one."""
    if wiring().json:
        answer({"file": str(files[0]), "bytes": len(content), **({"key": str(files[1])} if len(files) > 1 else {})})
        return
    say(f"Wrote {files[0]}. You alone can read the file; whoever you send it to must keep to its marking.")
    if len(files) > 1:
        say(f"Wrote the key to {files[1]}. Keep it apart.")


def _made(ledger: Ledger, name: str, found: Answer, of: str, out: Out) -> dict[Path, bytes]:
    """The bytes of each file; nothing is written before all of them are made."""
    from cli.documents.drawn import PICTURES, picture_of
    from cli.documents.files import office, rendered
    from cli.documents.knowledge import knowledge_document
    from cli.documents.views import Source, view_document

    form = out.file.suffix.lower()
    if form == ".csv":
        from cli.delimited import rows_of, separated

        return {out.file: separated(rows_of(found, "rows", practice=ledger.practice), ",").encode()}
    source = Source(f"{ledger.charter.name} ({ledger.agency_id})", ledger.practice, out.marking, ledger.now())
    if name == "chronology":
        return _chronology(ledger, found, of, out, source)
    with office():
        drawn = form == ".svg" or (form == ".html" and name in PICTURES)
        pictures = [picture_of(name, found, of, ledger.now(), alone=form == ".svg")] if drawn else []
    if form == ".svg":
        return {out.file: pictures[0].svg.encode()}
    title = f"{_title(name)}: {of}" if of else _title(name)
    if name == "knowledge":
        return {out.file: rendered(knowledge_document(found, title, source, pictures), out.file)}
    return {out.file: rendered(view_document(title, found, source, pictures), out.file)}


def _title(name: str) -> str:
    from projections import projections

    return projections()[name].title.partition(":")[0]


def _chronology(ledger: Ledger, found: Answer, of: str, out: Out, source: Source) -> dict[Path, bytes]:
    """The layout of reviewers, with other names for persons where a key is asked for."""
    from cli.documents.chronology import anonymised, chronology_document, key_document
    from cli.documents.drawn import picture_of, with_parties
    from cli.documents.files import office, rendered

    persons = _persons(ledger) if out.key else []
    key, names = _key(persons) if out.key else (None, None)
    rows = with_parties(found["rows"], ledger.reading)
    shown = {**found, "rows": rows if names is None else anonymised(rows, names)}
    form = out.file.suffix.lower()
    with office():
        drawn = form in (".svg", ".html")
        pictures = [picture_of("chronology", shown, of, ledger.now(), alone=form == ".svg")] if drawn else []
    if form == ".svg":
        return {out.file: pictures[0].svg.encode()}
    made = chronology_document(found, of or "all cases", source, key=names, pictures=pictures)
    files = {out.file: rendered(made, out.file)}
    if out.key and key is not None:
        files[out.key] = rendered(key_document(key, persons, of or "all cases", source), out.key)
    return files


def _persons(ledger: Ledger) -> list[dict[str, Any]]:
    """Everybody whom the ledger knows, by role and name: other cases are quoted in a case's chronology."""
    from projections import show

    persons: list[dict[str, Any]] = show(ledger, "relationships", {"names": "yes"})["persons"]
    return persons


def _key(persons: list[dict[str, Any]]) -> tuple[Key, Key]:
    from cli.documents.chronology import key_of, with_names

    key = key_of(persons)
    return key, with_names(key, persons)
