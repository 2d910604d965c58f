"""Sending a job to a printer by IPP: to a queue of CUPS, or to a printer that speaks it itself.

RFC 8010 (how a request is written) and RFC 8011 (Print-Job); over HTTP, so httpx carries it.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from channels.base import ChannelError
from engine.i18n import gettext as _

_VERSION = b"\x02\x00"
_PRINT_JOB = 0x0002
_OPERATION, _JOB, _END = b"\x01", b"\x02", b"\x03"
_CHARSET, _LANGUAGE, _URI, _NAME, _MIME, _KEYWORD = 0x47, 0x48, 0x45, 0x42, 0x49, 0x44
_INTEGER = 0x21
_MOST_OK = 0x00FF  # status codes up to here say that the job was taken

#: Seconds for a printer to answer each step.
_TIMEOUT = 60.0

_PORT = 631
_numbers = itertools.count(1)


def print_job(printer: str, name: str, pdf: bytes, media: str, user: str) -> int:
    """Send ``pdf`` to ``printer`` (ipp:// or ipps://); return the number that the job got there.

    Raises ChannelError: permanent when the printer refuses the job, else temporary.
    """
    operation = b"".join(
        (
            _attribute(_CHARSET, "attributes-charset", b"utf-8"),
            _attribute(_LANGUAGE, "attributes-natural-language", b"vi"),
            _attribute(_URI, "printer-uri", printer.encode()),
            _attribute(_NAME, "requesting-user-name", user.encode()[:200]),
            _attribute(_NAME, "job-name", name.encode()[:200]),
            _attribute(_MIME, "document-format", b"application/pdf"),
        )
    )
    job = _attribute(_KEYWORD, "media", media.encode()) + _attribute(
        _KEYWORD, "sides", b"one-sided"
    )
    head = _VERSION + struct.pack(">HI", _PRINT_JOB, next(_numbers) & 0x7FFFFFFF)
    body = head + _OPERATION + operation + _JOB + job + _END + pdf
    return _job_number(printer, _answer(printer, body))


def _answer(printer: str, body: bytes) -> bytes:
    try:
        response = httpx.post(
            _http(printer),
            content=body,
            headers={"Content-Type": "application/ipp"},
            timeout=_TIMEOUT,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        message = _("the printer {printer} does not answer: {reason}")
        raise ChannelError(message.format(printer=printer, reason=error)) from error
    if response.status_code != httpx.codes.OK:
        message = _("the printer {printer} answers {status}")
        refused = response.status_code < httpx.codes.INTERNAL_SERVER_ERROR
        raise ChannelError(
            message.format(printer=printer, status=response.status_code), permanent=refused
        )
    return response.content


def _job_number(printer: str, answer: bytes) -> int:
    message = _("the printer {printer} refuses the job: {reason}")
    try:
        status = struct.unpack_from(">H", answer, 2)[0]
        found = dict(_attributes(answer))
    except (struct.error, UnicodeDecodeError):
        raise ChannelError(message.format(printer=printer, reason="IPP?"), permanent=True) from None
    if status > _MOST_OK or "job-id" not in found:
        said = found.get("status-message", b"").decode(errors="replace")
        reason = f"{said} ({status:#06x})".strip()
        raise ChannelError(message.format(printer=printer, reason=reason), permanent=True)
    return int.from_bytes(found["job-id"], "big")


def _http(printer: str) -> str:
    """Return where a printer's address leads over HTTP. Raises ChannelError for no address."""
    parts = urlsplit(printer)
    if parts.scheme not in ("ipp", "ipps") or not parts.hostname:
        message = _("found printer {printer}; write ipp://host/printers/queue or ipps://…")
        raise ChannelError(message.format(printer=printer), permanent=True)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    scheme = "http" if parts.scheme == "ipp" else "https"
    return f"{scheme}://{host}:{parts.port or _PORT}{parts.path or '/'}"


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    key = name.encode()
    return struct.pack(f">BH{len(key)}sH", tag, len(key), key, len(value)) + value


def _attributes(answer: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (name, value) of every attribute in an answer; further values have no name."""
    at = 8
    while at < len(answer) and answer[at] != _END[0]:
        if answer[at] < 0x10:  # the tag that begins a group
            at += 1
            continue
        size = struct.unpack_from(">H", answer, at + 1)[0]
        name = answer[at + 3 : at + 3 + size].decode()
        at += 3 + size
        size = struct.unpack_from(">H", answer, at)[0]
        yield name, answer[at + 2 : at + 2 + size]
        at += 2 + size
