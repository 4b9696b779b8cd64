"""How it is proved: bytes in, values or an error out. No I/O, no clock, no chance, and no word of the procedure.

Reading order: values (what can be recorded, in one encoding), primitives (the door to cryptography), keys, fields,
record (193 bytes), commitments (how the record commits to content), sealing (how content is encrypted), charter (what
a ledger begins with), draft (how a record is made), report, steps and verify (how a ledger is verified), envelope (a
signed file), tree and tiles (the Merkle tree over the records), note, checkpoint and tlog_proof (what others keep).
"""
