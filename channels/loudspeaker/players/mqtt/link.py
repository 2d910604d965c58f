"""The connection to a broker, and what devices say there: answers, states, plays."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from channels.base import ChannelError
from channels.loudspeaker.names import is_plain
from channels.loudspeaker.players.mqtt.account import Account
from channels.loudspeaker.players.mqtt.topics import Topics
from engine.i18n import gettext as _
from engine.i18n import os_reason

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

#: What devices say, each on a topic of its own below the cluster's.
_SAID = ("answer", "state", "plays")

#: Seconds without a word after which a broker has told all that it kept.
_QUIET = 0.3

#: The longest message of a device that is read, in bytes.
_LONGEST = 64 * 1024

#: Answers and plays that are held for whoever asks for them.
_HELD = 10_000


class Link:
    """One connection, made when it is first needed and again whenever it was lost.

    ``topics`` says which topic is a cluster's own. Safe to use from several threads.
    """

    def __init__(self, account: Account, topics: Topics) -> None:
        self._account = account
        self._topics = topics
        self._client: Client | None = None
        self._opening = threading.Lock()
        self._changed = threading.Condition()
        self._ready = False
        self._refusal = ""
        self._answers: dict[tuple[str, str], dict[str, Any]] = {}
        self._online: dict[str, bool] = {}
        self._plays: list[tuple[str, dict[str, Any]]] = []
        self._greeted: set[str] = set()

    def close(self) -> None:
        """End the connection; it is made again if it is used again."""
        with self._opening:
            self._end()

    def send(self, cluster: str, what: str, message: object, *, retain: bool = False) -> None:
        """Publish to a cluster, and wait until the broker has it. Raises ChannelError."""
        client = self.opened()
        data = json.dumps(message, ensure_ascii=False).encode()
        try:
            sent = client.publish(self._topics.of(cluster, what), data, qos=1, retain=retain)
            sent.wait_for_publish(self._account.timeout)
            taken = sent.is_published()
        except (RuntimeError, ValueError):  # not connected any more
            taken = False
        if not taken:
            raise self._lost(_("it does not take the message"))

    def answer(self, cluster: str, name: str, patience: float) -> dict[str, Any] | None:
        """Return a device's answer to the command ``name``; None when none came in time.

        Raises ChannelError when the device goes offline meanwhile.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: (cluster, name) in self._answers or self._online.get(cluster) is False,
                patience,
            )
            found = self._answers.pop((cluster, name), None)
            if found is None and self._online.get(cluster) is False:
                raise offline([cluster])
            return found

    def forget(self, cluster: str, name: str) -> None:
        """Drop an answer that came before the command is sent again."""
        with self._changed:
            self._answers.pop((cluster, name), None)

    def states(self) -> dict[str, bool]:
        """Return for each cluster that ever had a device whether that is online."""
        with self._changed:
            return dict(self._online)

    def settled_states(self) -> dict[str, bool]:
        """Return the same once nothing more is heard: a broker tells what it kept one by one."""
        with self._changed:
            known = -1
            while len(self._online) != known:
                known = len(self._online)
                self._changed.wait(_QUIET)
            return dict(self._online)

    def greeted(self) -> set[str]:
        """Return the clusters whose devices came online since this was last asked."""
        with self._changed:
            found, self._greeted = self._greeted, set()
            return found

    def plays(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what devices said they played since this was last asked, by cluster."""
        with self._changed:
            found, self._plays = self._plays, []
            return found

    def opened(self) -> Client:
        """Return the connection, with all topics listened to. Raises a temporary ChannelError."""
        with self._opening:
            if self._client is None:
                self._client = self._begin()
            with self._changed:
                self._changed.wait_for(
                    lambda: self._ready or bool(self._refusal), self._account.timeout
                )
                ready, refusal = self._ready, self._refusal
            if ready:
                return self._client
            self._end()
        raise self._lost(refusal or _("it takes too long"))

    def _begin(self) -> Client:
        # These load the libraries for the broker and for encryption.
        from channels.loudspeaker.players.mqtt.entering import entered

        self._refusal = ""
        try:
            return entered(
                self._account,
                on_connect=self._on_connect,
                on_disconnect=self._on_disconnect,
                on_subscribe=self._on_subscribe,
                on_message=self._on_message,
            )
        except PermissionError as error:
            raise self._lost(_("its certificate is not to be trusted")) from error
        except OSError as error:
            raise self._lost(os_reason(error)) from error

    def _end(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
        with self._changed:
            self._ready = False

    def _on_connect(self, client: Client, *said: Any) -> None:
        reason = said[2]
        if reason.is_failure:
            with self._changed:
                self._refusal = _("it refuses the user name or the password")
                self._changed.notify_all()
            return
        client.subscribe([(self._topics.of_all(what), 1) for what in _SAID])

    def _on_subscribe(self, _client: Client, *said: Any) -> None:
        with self._changed:
            if any(code.is_failure for code in said[2]):
                self._refusal = _("it does not let Loa hear the devices")
            else:
                self._ready = True
            self._changed.notify_all()

    def _on_disconnect(self, *_said: Any) -> None:
        with self._changed:
            self._ready = False
            self._online.clear()
            self._changed.notify_all()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        cluster, what = self._topics.told_by(message.topic)
        told = _told(message.payload)
        if told is None or not is_plain(cluster):
            return
        with self._changed:
            self._hear(cluster, what, told, old=message.retain)
            self._changed.notify_all()

    def _hear(self, cluster: str, what: str, told: dict[str, Any], *, old: bool) -> None:
        if what == "state":
            self._online[cluster] = told.get("online") is True
            if self._online[cluster]:
                self._greeted.add(cluster)
        elif what == "answer" and not old and len(self._answers) < _HELD:
            self._answers[cluster, str(told.get("id", ""))] = told
        elif what == "plays" and not old and len(self._plays) < _HELD:
            self._plays.append((cluster, told))

    def _lost(self, reason: str) -> ChannelError:
        message = _("the broker {place} cannot be used: {reason}")
        return ChannelError(message.format(place=self._account.place, reason=reason))


def offline(clusters: list[str]) -> ChannelError:
    message = _("the device of {clusters} is offline: look whether it has power and network")
    return ChannelError(message.format(clusters=", ".join(clusters)))


def _told(payload: bytes | bytearray) -> dict[str, Any] | None:
    if len(payload) > _LONGEST:
        return None
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
