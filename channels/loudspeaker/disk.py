"""What a disk's refusal means, in words for the person who looks after the machine."""

from __future__ import annotations

import errno
from pathlib import Path

from channels.base import ChannelError
from engine.i18n import gettext as _


def refused(error: OSError, path: Path | str) -> ChannelError:
    """Turn a disk's refusal into a temporary ChannelError that names the place and the reason."""
    reasons = {
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
        errno.EACCES: _("no permission"),
        errno.EPERM: _("no permission"),
        errno.EROFS: _("the disk is read-only"),
        errno.ENOENT: _("it is not there"),
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return ChannelError(
        _("{path}: {reason}; will be tried again.").format(path=path, reason=reason)
    )
