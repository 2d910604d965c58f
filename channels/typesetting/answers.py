"""The first byte of a helper's answer: what the rest is."""

from __future__ import annotations

#: The document.
PAGES = b"P"
#: Why the template would not print the data.
REFUSED = b"R"
#: Why nothing could be done here at all.
STOPPED = b"S"
