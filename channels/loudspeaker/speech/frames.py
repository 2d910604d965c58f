"""The words between Loa and its speech helpers: length-prefixed frames over pipes.

A request is one frame: a JSON object of texts. A reply is one frame: a letter that says what
follows, then the sound (16-bit little-endian) or the reason why there is none.
"""

from __future__ import annotations

import struct

from channels.helping.pipes import frame

#: A reply's first byte, and the samples per second of the sound in a SOUND reply.
KIND = struct.Struct("<cI")

SOUND = b"S"
#: The voice or the library is not there: trying again gives the same.
REFUSED = b"R"
#: This sentence could not be spoken this time.
FAILED = b"F"

#: No sentence is longer.
MAX_REQUEST = 16 * 1024

#: Ten minutes of sound at 48,000 samples a second: a longer reply is no sentence but a fault.
MAX_REPLY = 10 * 60 * 48_000 * 2


def reply(kind: bytes, rate: int, payload: bytes) -> bytes:
    """Return a whole reply as it goes through the pipe."""
    return frame(KIND.pack(kind, rate) + payload)
