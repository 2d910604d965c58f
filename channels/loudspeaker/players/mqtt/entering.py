"""Coming in at a broker: a new client, encrypted when that is wanted."""

from __future__ import annotations

import secrets
import ssl
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from channels.loudspeaker.players.mqtt.account import Account

#: Seconds without a word after which the line counts as dead.
_KEEPALIVE = 30


def entered(account: Account, **listeners: Any) -> Client:
    """Return a client that has begun to come in, and comes in again whenever it was lost.

    ``listeners`` are its callbacks by their names. Raises OSError when there is no line to the
    broker, PermissionError when nobody vouches for its certificate.
    """
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=f"loa-{account.player}-{secrets.token_hex(6)}",
        protocol=MQTTv311,
    )
    client.username_pw_set(account.user, account.password)
    client.reconnect_delay_set(1, 30)
    client.connect_timeout = account.timeout
    for name, listener in listeners.items():
        setattr(client, name, listener)
    lines = _Lines(ssl.PROTOCOL_TLS_CLIENT)
    if account.tls:
        _trust(lines, account.ca_file)
        client.tls_set_context(lines)
    try:
        client.connect(account.host, account.port, keepalive=_KEEPALIVE)
    except ssl.SSLError as error:
        lines.close()
        raise PermissionError(str(error)) from error
    client.loop_start()
    return client


class _Lines(ssl.SSLContext):
    """Encrypts lines, and can close the last one: paho forgets a line that it cannot trust."""

    _last: ssl.SSLSocket | None = None

    def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:
        self._last = super().wrap_socket(*given, **named)
        return self._last

    def close(self) -> None:
        if self._last is not None:
            self._last.close()


def _trust(lines: ssl.SSLContext, ca_file: Path | None) -> None:
    """Trust one authority, or those of the machine. Raises OSError."""
    if ca_file is None:
        lines.load_default_certs()
    else:
        lines.load_verify_locations(ca_file)
