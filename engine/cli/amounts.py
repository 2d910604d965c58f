"""Ages and sizes as people type them: ``90d``, ``500MB``."""

from __future__ import annotations

import re
from datetime import timedelta

import click

from engine.i18n import gettext as _

_HOURS = {"h": 1, "d": 24, "w": 24 * 7}
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


class Age(click.ParamType):
    """A length of time: 12h, 90d, 4w."""

    name = "age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,6})([hdw])", str(value).strip().lower())
        if found is None:
            message = _("found “{found}”; write 12h (hours), 90d (days) or 4w (weeks)")
            self.fail(message.format(found=value), param, ctx)
        return timedelta(hours=int(found[1]) * _HOURS[found[2]])


class Size(click.ParamType):
    """An amount of bytes: 500MB, 2GB. A thousand to the step, as disks are sold."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d{1,12})([KMG]?B)", str(value).strip().upper())
        if found is None:
            message = _("found “{found}”; write 500MB or 2GB")
            self.fail(message.format(found=value), param, ctx)
        return int(found[1]) * _BYTES[found[2]]
