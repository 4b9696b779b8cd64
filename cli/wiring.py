"""What every verb is given: the ledger folder, how to answer, who acts and where passphrases come from.

`-C`, `--json` and the others stand on the program and on every verb; what stands further right wins.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import passphrase, settings
from cli.words import complain

if TYPE_CHECKING:
    from ledger import Ledger, TokenAccess

ENVIRONMENT = {
    "passphrase_file": "RULESEVEN_PASSPHRASE_FILE",
    "passphrase_command": "RULESEVEN_PASSPHRASE_COMMAND",
    "actor": "RULESEVEN_ACTOR",
    "role": "RULESEVEN_ROLE",
}

OF_TOKEN = {key: f"RULESEVEN_{key.upper()}" for key in settings.OF_TOKEN}
SOURCES = ("passphrase_file", "passphrase_command", settings.HINT)  # any of these makes a weaker layer's needless
USED = (*settings.KEYS, settings.HINT, settings.IGNORED)


@dataclass
class Wiring:
    """The flags given so far, and what follows from them."""

    flags: dict[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> bool:
        return bool(self.flags.get("json"))

    @property
    def folder(self) -> Path:
        """The ledger folder: -C, $RULESEVEN_LEDGER, the user's setting, or the current folder."""
        named = self.flags.get("folder") or os.environ.get("RULESEVEN_LEDGER")
        return Path(named or settings.read(settings.user_file()).get("ledger") or ".")

    def settings(self) -> dict[str, Any]:
        """Each setting by precedence. A source of passphrases replaces both kinds of a weaker one."""
        layers = [
            self.flags,
            {key: os.environ.get(name) for key, name in ENVIRONMENT.items()},
            settings.read_folder(self.folder),
            settings.read(settings.user_file()),
        ]
        merged: dict[str, Any] = {}
        for layer in layers:
            fresh = {key: value for key, value in layer.items() if key in USED and value and key not in merged}
            if not merged.keys().isdisjoint(SOURCES):
                fresh = {key: value for key, value in fresh.items() if not key.startswith("passphrase")}
            merged.update(fresh)
        return merged

    @cached_property
    def passphrase(self) -> passphrase.Once:
        """Asks for the passphrase of the ledger when it is first wanted.

        A folder whose settings cannot be read has no passphrase to offer; it can be verified all the same.
        """
        return passphrase.Once(self._settings_for_reading)

    def _settings_for_reading(self) -> dict[str, Any]:
        from ledger.errors import Locked, Malformed

        settings.read(settings.user_file())  # this one is the user's own to put right
        try:
            return self.settings()
        except (Malformed, OSError) as error:
            raise Locked(f"No passphrase could be found: {error}") from None

    def open(self) -> Ledger:
        """The ledger of the folder; a passphrase is asked for when a key is first needed."""
        from ledger import Ledger

        ledger = Ledger.open(self.folder, passphrase=self.passphrase, token=self.token())
        click.get_current_context().call_on_close(lambda: _tell_of(ledger))
        return ledger

    def token(self) -> TokenAccess:
        """How a token that holds the signing key is reached: by the environment, or by the user's own settings."""
        from ledger import TokenAccess

        return TokenAccess(self._module, lambda: passphrase.pin(self._token_settings()))

    def _module(self) -> str:
        from ledger.errors import Locked

        if module := self._token_settings().get("pkcs11_module"):
            return str(module)
        raise Locked(
            "The signing key lies in a token, and no PKCS#11 module is named: set RULESEVEN_PKCS11_MODULE, or "
            f"pkcs11_module in {settings.user_file()}"
        )

    def _token_settings(self) -> dict[str, Any]:
        """The settings of a token. Either source of the PIN replaces both of the weaker layer."""
        own = settings.read(settings.user_file())
        named = {key: value for key, name in OF_TOKEN.items() if (value := os.environ.get(name))}
        weaker = settings.OF_TOKEN if named.keys() <= {"pkcs11_module"} else ("pkcs11_module",)
        return {key: own[key] for key in weaker if own.get(key)} | named

    def actor(self) -> dict[str, str] | None:
        """Who acts, as a command names them; None when neither flags nor settings say."""
        from ledger.errors import UsageError

        chosen = self.settings()
        if not chosen.get("actor"):
            return None
        if not chosen.get("role"):
            raise UsageError("An actor acts in a role: give --role too, for example --role practitioner")
        return {"staff_ref": chosen["actor"], "role": chosen["role"]}


def _tell_of(ledger: Ledger) -> None:
    """That an erasure was finished: whoever put an old vault back, or was interrupted, should know."""
    if ledger.erased_again:
        complain(
            "The vault still held keys of what was erased, as an old copy that was put back does. They are "
            "destroyed now; where that copy came from there may be others, which are to be destroyed too."
        )


def wiring() -> Wiring:
    """The wiring of the command that is running."""
    found: Wiring = click.get_current_context().ensure_object(Wiring)
    return found


def _note(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(context: click.Context, _: click.Parameter, value: Any) -> None:
        if value:
            context.ensure_object(Wiring).flags[name] = value

    return callback


def _common(*, program: bool) -> list[click.Parameter]:
    """The options that stand everywhere; only the program's own help explains all of them."""
    texts = [
        ("folder", ["-C", "folder"], "DIR", "The ledger folder ($RULESEVEN_LEDGER; else the current one)."),
        ("actor", ["--actor"], "REF", "Who acts: the agency's own reference for a member of staff."),
        ("role", ["--role"], "ROLE", "The role in which they act."),
        ("passphrase_file", ["--passphrase-file"], "FILE", "A file whose first line is the passphrase."),
        ("passphrase_command", ["--passphrase-command"], "CMD", "A command that prints the passphrase."),
    ]
    options: list[click.Parameter] = [
        click.Option(
            names, metavar=metavar, expose_value=False, callback=_note(key), help=text, hidden=not program and i > 0
        )
        for i, (key, names, metavar, text) in enumerate(texts)
    ]
    flag = click.Option(["--json"], is_flag=True, expose_value=False, callback=_note("json"), help="Answer in JSON.")
    options.insert(1, flag)
    return options


def trust_option(whose: str, *, required: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--trust FILE`, as every verb spells it that checks what an agency signed."""
    kind = click.Path(path_type=Path)
    return click.option("--trust", "trust_file", required=required, type=kind, metavar="FILE", help=whose)


class Verb(click.Command):
    """A command that takes the common options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_common(program=False))


class Verbs(click.Group):
    """A group of verbs, in the order in which they were added, that takes the common options too."""

    command_class = Verb
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_common(program=self.name == "ruleseven"))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(self.commands)
