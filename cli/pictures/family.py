"""Who is who in a case and how they are tied, as a genogram wants it: each person and pair once, elders first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]
TURNED = {  # the same tie from the other's side
    "child": "parent",
    "step_child": "step_parent",
    "foster_child": "foster_carer",
    "adopted_child": "adoptive_parent",
    "ward": "guardian",
    "kinship_child": "kinship_carer",
    "grandchild": "grandparent",
    "niece_or_nephew": "aunt_or_uncle",
}
UP = {"parent", "step_parent", "foster_carer", "adoptive_parent", "guardian", "kinship_carer"}
ABOVE = {"grandparent": 2, "aunt_or_uncle": 1} | dict.fromkeys(UP, 1)  # so many rows
OF_CHILDREN = {"child", "sibling"}  # roles of whom stands in the children's row, where no relationship says more


class Tie(NamedTuple):
    """Two persons, the elder first where one is; no relationship where only parental responsibility is known."""

    person: str
    related: str
    relationship: str
    responsible: bool
    ended: bool


def persons_of(answer: Row) -> dict[str, dict[str, Any]]:
    """Everybody by id; who is in several cases once, with all their roles."""
    persons: dict[str, dict[str, Any]] = {}
    for row in answer.get("persons") or ():
        held = persons.setdefault(row["person"], {**row, "roles": []})
        held["roles"] = list(dict.fromkeys([*held["roles"], *row["roles"]]))
    for row in [*(answer.get("rows") or ()), *(answer.get("parental_responsibility") or ())]:
        for key in ("person", "of", "holder", "child"):
            if row.get(key):
                persons.setdefault(row[key], {"person": row[key], "roles": []})
    return persons


def ties_of(answer: Row, persons: Mapping[str, Row]) -> list[Tie]:
    """Each pair once: what is said from both sides, and of parental responsibility, is one tie."""
    ties: dict[tuple[str, str], Tie] = {}
    for row in answer.get("rows") or ():
        person, related, kind = row["person"], row["of"], str(row["relationship"] or "other")
        if kind in TURNED:
            person, related, kind = related, person, TURNED[kind]
        if (related, person) not in ties:
            ties[person, related] = Tie(person, related, kind, responsible=False, ended=row["ended_on"] is not None)
    for row in answer.get("parental_responsibility") or ():
        holder, child = row["holder"], row["child"]
        known = ties.get((holder, child))
        by_role = "parent" if "parent" in persons[holder]["roles"] else ""
        kind, over = known.relationship if known else by_role, row.get("to") is not None
        ties[holder, child] = Tie(holder, child, kind, responsible=True, ended=over)
    return list(ties.values())


def usual_rows(persons: Mapping[str, Row]) -> dict[str, int]:
    """Where each stands by their roles: 0 among the children, 1 among their elders."""
    return {name: 0 if OF_CHILDREN & set(row["roles"]) else 1 for name, row in persons.items()}


def told(answer: Row) -> str:
    """What a genogram of this answer shows, in words."""
    persons = persons_of(answer)
    if not persons:
        return "An empty graph of relationships: nobody is recorded."
    said = [f"{name} ({', '.join(roles_of(row)) or 'role not said'})" for name, row in persons.items()]
    parts = [f"A graph of {len(persons)} person{'' if len(persons) == 1 else 's'}: {'; '.join(said)}."]
    links = [_in_words(tie) for tie in ties_of(answer, persons)]
    parts += ["Ties: " + "; ".join(links) + "."] if links else []
    found = [f"{row['person']} at {row['context']}" for row in answer.get("contexts") or ()]
    parts += ["Found at contexts of risk: " + "; ".join(found) + "."] if found else []
    return " ".join(parts)


def _in_words(tie: Tie) -> str:
    kind = in_words(tie.relationship)
    said = f"{tie.person} {kind} of {tie.related}" if kind else ""
    said = said or f"{tie.person} has parental responsibility for {tie.related}"
    said += " with parental responsibility" if tie.responsible and kind else ""
    return f"{said}, ended" if tie.ended else said


def roles_of(row: Row) -> Sequence[str]:
    return [in_words(role) for role in row["roles"]]


def in_words(code: str) -> str:
    """A code as people write it."""
    return "person with PR" if code == "person_with_pr" else code.replace("_", " ")
