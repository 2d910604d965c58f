"""The one file of a form, as browsers and clients send it (RFC 7578)."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import HTTP


def file_in(content_type: str, body: bytes) -> tuple[str, bytes]:
    """Return the name and the bytes of the field ``file``; ("", b"") when there is none."""
    whole = b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    for part in message_from_bytes(whole, policy=HTTP).walk():
        if part.get_param("name", header="content-disposition") == "file":
            data = part.get_payload(decode=True)
            return part.get_filename() or "", data if isinstance(data, bytes) else b""
    return "", b""
