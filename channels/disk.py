"""What a disk's refusal means, in words for the person who looks after the machine."""

from __future__ import annotations

import errno
from pathlib import PurePath

from channels.base import ChannelError
from engine.i18n import gettext as _
from engine.i18n import os_reason

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def refused(error: OSError, place: PurePath | str) -> ChannelError:
    """Turn a disk's refusal into a temporary ChannelError that names the place and the reason."""
    if error.errno in _FULL:
        message = _("the disk is full: {place} cannot be written")
    elif error.errno in _FORBIDDEN:
        message = _("no permission to write {place}")
    else:
        message = _("{place} cannot be written or read: {reason}")
    return ChannelError(message.format(place=place, reason=os_reason(error)))
