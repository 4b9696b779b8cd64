"""A document into a file, in the form that the ending of its name says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cli.documents.model import Document

FORMS = (".html", ".docx", ".xlsx", ".pdf")


def rendered(document: Document, path: Path) -> bytes:
    """The document as the bytes of such a file; `UsageError` for an ending that is none of ours."""
    from ledger.errors import UsageError

    if path.suffix.lower() not in FORMS:
        raise UsageError(f"{path}: the ending says the form, and is one of {', '.join(FORMS)}.")
    with office():
        return _form(path.suffix.lower())(document)


def _form(suffix: str) -> Callable[[Document], bytes]:
    """Each form brings its library, so that nobody waits for those of the others."""
    if suffix == ".docx":
        from cli.documents import as_docx

        return as_docx.render
    if suffix == ".xlsx":
        from cli.documents import as_xlsx

        return as_xlsx.render
    if suffix == ".pdf":
        from cli.documents import as_pdf

        return as_pdf.render
    from cli.documents import as_html

    return as_html.render


@contextmanager
def office() -> Iterator[None]:
    """Says in plain words which library is not installed."""
    from ledger.errors import Undecided

    try:
        yield
    except ModuleNotFoundError as error:
        raise Undecided(
            f"This form needs {error.name}, which is not installed: install ruleseven[office], or write .html instead."
        ) from None


def store(made: Mapping[Path, bytes]) -> None:
    """Write new files that their owner alone can read, all or none; what is there stays (`FileExistsError`)."""
    written: list[Path] = []
    try:
        for path, content in made.items():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            written.append(path)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
