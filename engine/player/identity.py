"""Who a player is: what it was given when it was enrolled, and whom it trusts since."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models.airing import WireError
from engine.models.enrolment import Code
from engine.models.envelope import PublicKey
from engine.models.fields import Fields, read_json
from engine.player.wire import Line

#: Clusters that one player may play for.
MOST_CLUSTERS = 100


@dataclass(frozen=True, slots=True)
class Identity:
    """A player as its server knows it. ``token`` is a secret; ``key`` is pinned for good."""

    server: str
    player: str
    token: str = field(repr=False)
    commune: str
    clusters: tuple[str, ...]
    key: PublicKey
    ca_file: str | None = None

    def line(self) -> Line:
        """Return a new connection to the server. Raises LoaError."""
        return Line(self.server, self.token, self.ca_file)

    def for_clusters(self, clusters: tuple[str, ...]) -> Identity:
        return replace(self, clusters=clusters)

    def save(self, path: Path) -> None:
        """Write it, readable by its owner alone. Raises OSError."""
        plain = {
            "server": self.server,
            "player": self.player,
            "token": self.token,
            "commune": self.commune,
            "clusters": list(self.clusters),
            "public_key": self.key.text,
            "ca_file": self.ca_file or "",
        }
        before = os.umask(0o077)
        try:
            write_atomic(path, (json.dumps(plain, indent=2) + "\n").encode())
        finally:
            os.umask(before)


def load_identity(path: Path) -> Identity:
    """Raises LoaError for a player that is not enrolled, or whose file is spoilt."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        message = _("this player is not enrolled: loa player enrol CODE --server URL ({folder})")
        raise LoaError(message.format(folder=path.parent)) from None
    try:
        found = read_json(data)
        identity = Identity(server=found.text("server"), ca_file=_ca_file(found), **_given(found))
        found.done()
    except WireError as error:
        message = _("{path}: {reason}; enrol this player again")
        raise LoaError(message.format(path=path, reason=error)) from None
    return identity


def enrol(typed: str, server: str, version: str, ca_file: str | None = None) -> Identity:
    """Use up an enrolment code; return who the player now is. Raises LoaError.

    Only the code's secret is sent. A server whose key is not the one that the code was made for
    is refused, and nothing it said is kept.
    """
    code = Code.read(typed)
    line = Line(server, ca_file=ca_file)
    try:
        answer = line.post("enrol", {"code": code.secret, "version": version})
    finally:
        line.close()
    found = Fields(answer)
    identity = Identity(server=server, ca_file=ca_file, **_given(found))
    if not code.means(identity.key):
        raise LoaError(
            _(
                "the server at {address} has another key than the one this code was made for: it"
                " is not the commune's; nothing was kept"
            ).format(address=server)
        )
    return identity


def _given(found: Fields) -> dict[str, Any]:
    """Return what a server gives to a player. Raises WireError."""
    clusters = found.ids("clusters", MOST_CLUSTERS)
    if not clusters:
        raise WireError(_("the server has no cluster for this player"))
    return {
        "player": found.id("player"),
        "token": found.text("token", 500),
        "commune": found.id("commune"),
        "clusters": clusters,
        "key": PublicKey.from_text(found.text("public_key", 100)),
    }


def _ca_file(found: Fields) -> str | None:
    return found.text("ca_file") or None
