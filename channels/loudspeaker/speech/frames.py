"""The words between Loa and its speech helper: length-prefixed frames over pipes.

A request is one frame: JSON with ``voice`` and ``text``. A reply is one frame: a letter that
says what follows, then the sound (16-bit little-endian) or the reason why there is none.
"""

from __future__ import annotations

import struct

#: Every frame begins with the length of the rest: 4 bytes, little-endian.
LENGTH = struct.Struct("<I")

#: A reply's first byte, and the samples per second of the sound in a SOUND reply.
KIND = struct.Struct("<cI")

SOUND = b"S"
#: The voice or the library is not there: trying again gives the same.
REFUSED = b"R"

#: A pipe holds 64 KiB, so writing a request never waits for a helper that hangs.
MAX_REQUEST = 16 * 1024

#: Ten minutes of sound: a longer reply is not a sentence but a fault.
MAX_REPLY = 10 * 60 * 22_050 * 2


def frame(body: bytes) -> bytes:
    """Return ``body`` as it goes through the pipe."""
    return LENGTH.pack(len(body)) + body


def reply(kind: bytes, rate: int, payload: bytes) -> bytes:
    """Return a whole reply as it goes through the pipe."""
    return frame(KIND.pack(kind, rate) + payload)
