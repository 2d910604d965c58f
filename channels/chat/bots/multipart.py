"""Forms with files, as browsers and clients send them (RFC 7578): read by the fakes."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import HTTP


def file_in(content_type: str, body: bytes, field: str = "file") -> tuple[str, bytes]:
    """Return the name and the bytes of a field that is a file; ("", b"") when there is none."""
    for name, part in _parts(content_type, body):
        if name == field:
            data = part.get_payload(decode=True)
            return part.get_filename() or "", data if isinstance(data, bytes) else b""
    return "", b""


def fields_in(content_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the fields that are no files, with what they say."""
    for name, part in _parts(content_type, body):
        data = part.get_payload(decode=True)
        if part.get_filename() is None and isinstance(data, bytes):
            yield name, data.decode()


def _parts(content_type: str, body: bytes) -> Iterator[tuple[str, Message]]:
    whole = b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    for part in message_from_bytes(whole, policy=HTTP).walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            yield name, part
