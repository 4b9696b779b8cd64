"""The program `ruleseven`: its verbs, and the one place where a run ends in an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from cli import exits
from cli.case import case
from cli.checkpoint import checkpoint, consistency
from cli.cosign import cosign
from cli.demo import demo
from cli.erase import erase
from cli.evidence import fork
from cli.extract import extract
from cli.init import init
from cli.key import key
from cli.lens import lens
from cli.pack import pack
from cli.play import play
from cli.policy import policy
from cli.prove import prove
from cli.rebuild import rebuild
from cli.receive import receive
from cli.record import record
from cli.replay import replay
from cli.reports import obligations, refusals, view, views, withdrawals
from cli.review import review
from cli.schema import schema
from cli.share import share
from cli.tiles import tiles
from cli.trust import trust
from cli.verify import verify
from cli.wiring import Verbs
from cli.withhold import withhold
from cli.witness import witness
from cli.words import complain

VERBS = (
    init,
    record,
    share,
    withhold,
    schema,
    verify,
    checkpoint,
    prove,
    consistency,
    tiles,
    cosign,
    witness,
    fork,
    case,
    replay,
    review,
    withdrawals,
    refusals,
    obligations,
    view,
    views,
    policy,
    lens,
    pack,
    rebuild,
    extract,
    receive,
    erase,
    key,
    trust,
    play,
    demo,
)


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"ruleseven {version('ruleseven')}")
        except PackageNotFoundError:
            click.echo("ruleseven (not installed)")
        context.exit()


@click.group("ruleseven", cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Say which this is."
)
def root() -> None:
    """A signed ledger of decisions to share or withhold information about a child at risk.

    The options below may stand before or after the verb.

    Exit codes: 0 done, 1 integrity failure, 2 usage, 3 refused by the rules, 4 storage busy, full or in conflict,
    5 could not decide, 130 interrupted.
    """


for _verb in VERBS:
    root.add_command(_verb)


def run(arguments: Sequence[str]) -> int:
    """Run the program with these arguments and return its exit code; no error leaves it."""
    try:
        code = root.main(args=list(arguments), prog_name="ruleseven", standalone_mode=False)
        sys.stdout.flush()
        return code if type(code) is int else exits.DONE
    except BaseException as error:  # noqa: BLE001 - the one place where errors end
        # Nothing here calls sys.exit. Click does, and only when nobody reads the output any more (with exit code 1).
        return _end(BrokenPipeError() if isinstance(error, SystemExit) else error)


def _end(error: BaseException) -> int:
    code, sentence = exits.code_and_sentence(error)
    if code == exits.UNREAD:
        # What is still buffered would raise again while the interpreter closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    elif sentence:
        with suppress(OSError):
            complain(_as_sentence(sentence))
    return code


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!", "--help'")) or "\n" in text else text + "."


def main() -> None:
    """The script's entry."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal in another encoding shows an escape instead of ending the run.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
