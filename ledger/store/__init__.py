"""Where records are kept: SQLite on `eventsourcing`'s application and recorder, and the vault beside it.

Read `schema.py` (the table and what the database itself refuses), then `sqlite.py` (the recorder that chains and
signs inside its transaction), `application.py`, and `vault.py` (scope keys).
"""
