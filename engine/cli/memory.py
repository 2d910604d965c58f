"""How this process asks for memory and gives it back."""

from __future__ import annotations

import atexit
import ctypes
import gc

#: New objects after which Python looks for garbage (its own default is 700).
_NEW_OBJECTS = 100_000

#: glibc's names for two of its settings (malloc.h).
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8

#: Bytes from which a block is given back as soon as it is free: half a minute of sound.
_LARGE = 8 * 1024 * 1024


def settle() -> None:
    """Suit memory to what commands do: millions of small objects, or a few large sounds.

    Ten thousand hamlets make millions of objects that all stay, and looking for garbage among
    them took a third of the time of planning. And glibc, left alone, learns from the first
    sound to keep blocks of that size for each thread: 40 MB more for the demonstration.
    """
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
    atexit.register(gc.freeze)  # what is left when all is done need not be searched again
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # musl has none, and gives large blocks back anyway
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_M_ARENA_MAX, 2)
