"""What stands at which index of every record's content, whatever its kind. Indexes are part of the format."""

from typing import Final

MAX_FIELDS: Final = 64

# Structure: always open, checked by every verifier.
KIND: Final = 0  # text
STREAM: Final = 1  # [stream(16), version from 1]
RECORDED: Final = 2  # [recorded_at µs since 1970 UTC, whether the clock was behind the record before]
SCOPES: Final = 3  # [scope id(16), …] in the order of the ciphertexts
COMMAND: Final = 4  # [command id, ordinal from 0]

# Envelope: the same for every kind; each may be sealed.
ABOUT: Final = 5  # [stream type, the caller's id], which hash to the stream
ACTOR: Final = 6
WHEN: Final = 7  # [occurred µs, known µs]
JUDGEMENT: Final = 8

PAYLOAD: Final = 9  # the kind's own, in its declared order
