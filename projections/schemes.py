"""Where does every scheme application stand, and which of its clocks were met, late, or are overdue? (P10)

The table lists the applications; where each stands and how its clocks run is the procedure's own fold of its records,
under the editions of the day on which it was made.
"""

from __future__ import annotations

from ledger import BY_NAME, Reading
from projections.projection import Projection
from projections.schemes_report import show
from projections.tables import Table, Tables

APPLICATION = Table(
    "schemes_application",
    ("scheme",),
    {"scheme": str, "opened_us": int},
)


def apply(tables: Tables, reading: Reading) -> None:
    if reading.about.type == "scheme" and tables.find(APPLICATION.name, reading.about.id) is None:
        tables.change(APPLICATION.name, reading.about.id)["opened_us"] = reading.occurred_us


PROJECTION = Projection(
    name="schemes",
    title="Scheme applications: where each stands, its clocks met, late or overdue, refusals to be reconsidered",
    version=1,
    tables=(APPLICATION,),
    events=frozenset(name for name, kind in BY_NAME.items() if "scheme" in kind.streams),
    apply=apply,
    show=show,
)
