"""Asking a person on a terminal: the six questions, and what a refusal asks next.

Prompts stand on stderr, so that with --json nothing but JSON stands on stdout. Where codes may answer, the first
letters of one are enough.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.times import TIME
from cli.words import complain, plain

if TYPE_CHECKING:
    from ledger import Answers, World
    from ledger.errors import Refused

QUESTIONS = {
    "case": "Which case",
    "about": "Who is it about (the child's id)",
    "known": "What do you know",
    "known_as": "Is it fact or opinion",
    "special": "Which special category is in it, if any",
    "to": "Who needs it, or asked for it",
    "why": "Why",
    "risk": "How great is the risk",
    "if_told": "Would anyone be at risk if they knew",
    "if_parents_told": "What of the parents (a code, or the id of one who knows)",
    "how": "How does it go",
    "identified": "Could it be shared without naming anybody",
    "minimum": "Why would no smaller part do",
    "reason_codes": "Which reason",
    "if_not_shared": "What may happen to the child if it is not shared",
    "compare": "Would sharing harm the child more than not sharing, and why",
    "basis": "On which basis (for example: 6(e) Children Act 2004 s.11)",
    "need": "Why do they need it",
    "override": "Why is sharing still right",
    "justification": "What justifies it",
    "not_sought": "Why was consent not sought",
    "recipient_not_told": "Why is the recipient not told",
    "at": "When (for example 2026-09-08T02:10:00+01:00)",
}
# What may answer, where the codes alone would not say it.
HINTS = {"if_told": "no; child, other or investigation, if that would be; told, if they know; later"}
LISTED_AT_MOST = 8
SHORTEST = 3  # of letters that may stand for a code where an id may be the answer too
IDS = ("case", "about")


def on_terminal() -> bool:
    return sys.stdin.isatty()


def ask(name: str, choices: Sequence[str] = (), default: str | None = None, *, optional: bool = False) -> str:
    """The answer to one question; with `optional`, nothing is an answer too."""
    text = plain(QUESTIONS.get(name, name))
    if choices and (name in HINTS or not default or len(choices) <= LISTED_AT_MOST):
        shown = ", ".join(choices[:LISTED_AT_MOST]) + (" …" if len(choices) > LISTED_AT_MOST else "")
        text += f" ({HINTS.get(name, shown)})"
    suffix = "? " if default or not choices else ": "
    blank = "" if optional else None
    found: str = click.prompt(
        text,
        default=default or blank,
        show_default=bool(default),
        prompt_suffix=suffix,
        value_proc=lambda value: _an_id(value.strip()) if name in IDS else meant(value.strip(), choices),
        err=True,
    )
    return found


def _an_id(value: str) -> str:
    if any(len(part.split()) > 1 for part in value.split(",")):
        raise click.UsageError("an id has no spaces")
    return value


def meant(value: str, choices: Sequence[str]) -> str:
    """The one code that these letters begin; any words where there are no codes to choose from."""
    if not choices or not value or value in choices:
        return value
    found = _begun(value, choices)
    if len(found) == 1:
        return found[0]
    raise click.UsageError(f"{'which of ' + ', '.join(found) if found else 'one of ' + ', '.join(choices)}?")


def _begun(value: str, choices: Sequence[str]) -> list[str]:
    """The codes that begin so, or else those of which a word does."""
    folded = value.casefold().replace(" ", "_").replace("-", "_")
    begun = [code for code in choices if code.casefold().startswith(folded)]
    return begun or [code for code in choices if f"_{folded}" in code.casefold()]


def open_questions(answers: Answers, world: World) -> Answers:
    """The answers with what flags left open asked, in the order of the six questions."""
    asked: set[str] = set()
    while left := [q for q in answers.questions(world) if q.asked and q.name not in asked]:
        question = left[0]
        asked.add(question.name)
        if (value := _answer(question.name, question.default, answers, world)) not in ("", ()):
            answers = answers.answered(question.name, value)
    return answers


def _answer(name: str, default: str | None, answers: Answers, world: World) -> Any:
    optional = default == ""
    value = ask(name, answers.choices(name, world), default, optional=optional)
    if name == "known":
        return (("", value),) if value else ()
    return _listed(value) if isinstance(getattr(answers, name), tuple) else value


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def after(refusal: Refused, answers: Answers, world: World) -> Answers | None:
    """The answers with what a refusal asks for; None where it asks for nothing, or the person leaves it there."""
    for rule, sentence in zip(refusal.rules, refusal.sentences, strict=True):
        if name := answers.remedy(rule, world):
            complain(sentence)
            return _remedied(name, answers, world)
    return None


def _remedied(name: str, answers: Answers, world: World) -> Answers | None:
    choices = answers.choices(name, world)
    if name == "if_parents_told":
        return _parents(ask(name, optional=True), choices, answers, world)
    if not (value := ask(name, choices, optional=True)):
        return None
    if name == "at":
        return answers.answered(name, TIME.convert(value, None, None))
    return answers.answered(name, _listed(value) if isinstance(getattr(answers, name), tuple) else value)


def _parents(value: str, choices: Sequence[str], answers: Answers, world: World) -> Answers | None:
    """What holds for the parents: an exception, or that the one of this id knows."""
    if not value:
        return None
    code = _begun(value, choices)
    if len(code) == 1 and len(value) >= SHORTEST and value not in world.case.persons:
        return answers.answered("if_parents_told", code[0])
    return answers.answered("parents", (value,)).answered("if_parents_told", "told")
