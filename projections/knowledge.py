"""Who knew what when: a matrix of facts by agencies, as far as this ledger can tell. (requirements §7, P7)

Row: one for each fact: an item of information, a missing episode, that somebody was found at a context, a request, or
what a partner disclosed. The table keeps what each record tells (`knowledge_notes.py`); `knowledge_matrix.py` makes the
matrix of it, and could of several ledgers together.
"""

from __future__ import annotations

from ledger import Reading
from projections.fields import pick
from projections.knowledge_notes import COLUMNS, MAKERS, notes
from projections.knowledge_report import show
from projections.projection import Projection
from projections.registers import file_of
from projections.tables import Table, Tables

NOTE = Table("knowledge_note", ("file", "position", "number"), COLUMNS)
PERSON = Table("knowledge_person", ("file", "person"), {"file": str, "person": str})


def apply(tables: Tables, reading: Reading) -> None:
    if reading.name == "PersonLinked":
        tables.change(PERSON.name, file_of(reading), pick(reading, reading.name, "person_id")[0])
    for note in notes(reading):
        tables.add(NOTE.name, note["file"], note["position"], note["number"]).update(note)


PROJECTION = Projection(
    name="knowledge",
    title="Who knew what when: facts by agencies, from known to shared, from asked to answered",
    version=1,
    tables=(NOTE, PERSON),
    events=frozenset(MAKERS) | {"PersonLinked"},
    apply=apply,
    show=show,
    args=("case", "scheme"),
    known=True,
)
