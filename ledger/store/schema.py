"""The table of records, and what the database itself refuses.

The triggers guard against bugs and casual hands: no UPDATE, no DELETE, no REPLACE, no gap, no wrong previous hash, no
row without a whole record. Against whoever owns the file only verification guards (`ledger.proof.verify`).
"""

APPLICATION_ID = 0x52533037  # "RS07", in the header of ledger.db
SCHEMA_VERSION = 1

# Every column, in the order of `ledger.proof.report.Row`.
SELECT = "SELECT position, record, hash, stream, version, command, ordinal, leaves, sealed FROM records"
INSERT = """
INSERT INTO records (position, record, hash, stream, version, command, ordinal, leaves, sealed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

# `hash`, `stream`, `version`, `command` and `ordinal` say again what `record` and `leaves` say, for the indexes and
# the chain trigger; verification checks each against the signed fields.
STATEMENTS = (
    """
    CREATE TABLE records (
        position INTEGER PRIMARY KEY CHECK (position >= 1),
        record   BLOB    NOT NULL CHECK (length(record) = 193),
        hash     BLOB    NOT NULL CHECK (length(hash) = 32),
        stream   BLOB    NOT NULL CHECK (length(stream) = 16),
        version  INTEGER NOT NULL CHECK (version >= 1),
        command  TEXT    NOT NULL CHECK (length(command) BETWEEN 1 AND 64),
        ordinal  INTEGER NOT NULL CHECK (ordinal >= 0),
        leaves   BLOB    NOT NULL CHECK (length(leaves) BETWEEN 1 AND 4194304),
        sealed   BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 4194304)
    ) STRICT
    """,
    "CREATE UNIQUE INDEX by_stream ON records (stream, version)",
    "CREATE UNIQUE INDEX by_command ON records (command, ordinal)",
    """
    CREATE TRIGGER append_only_update BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'records are append-only: no UPDATE'); END
    """,
    """
    CREATE TRIGGER append_only_delete BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'records are append-only: no DELETE'); END
    """,
    # REPLACE deletes conflicting rows without firing the DELETE trigger, so each unique key is tested here first.
    # Byte 26 is where the previous hash begins: 1 format, 16 ledger, 8 position.
    """
    CREATE TRIGGER chained BEFORE INSERT ON records
    BEGIN
        SELECT RAISE(ABORT, 'records are append-only: not the next position')
        WHERE NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM records);
        SELECT RAISE(ABORT, 'records are chained: wrong previous hash')
        WHERE substr(NEW.record, 26, 32)
              IS NOT coalesce((SELECT hash FROM records WHERE position = NEW.position - 1), zeroblob(32));
        SELECT RAISE(ABORT, 'records are append-only: not the next version of its stream')
        WHERE NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM records WHERE stream = NEW.stream);
        SELECT RAISE(ABORT, 'records are append-only: this command is recorded')
        WHERE EXISTS (SELECT 1 FROM records WHERE command = NEW.command AND ordinal = NEW.ordinal);
    END
    """,
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
