"""Setting pages: one function for everything that Loa prints, in processes that may be killed."""

from channels.typesetting.press import (
    Press,
    StoppedError,
    TypesetError,
    fingerprint,
    press,
    typeset,
)

__all__ = ["Press", "StoppedError", "TypesetError", "fingerprint", "press", "typeset"]
