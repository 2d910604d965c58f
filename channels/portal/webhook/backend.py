"""The backend ``webhook``: each campaign is one signed call to another portal."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from channels.base import ChannelError, RemoteIds
from channels.pages import Shown
from channels.portal.remembered import Kept, Memory, joined
from channels.portal.webhook.signing import EVENT_ID, signed
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, File, Receipt, digest

if TYPE_CHECKING:
    from channels.portal.web import Answer, Web
    from channels.portal.webhook.account import WebhookAccount

#: The media type of a check, and of the event beside files.
_JSON = "application/json"


class WebhookBackend:
    """Tells another portal of posts: the portal knows an event that comes again by its id.

    ``holds_permalink``: QR codes lead to the portal, whose pages are looked at there even when
    it does not say where they are.
    """

    name = "webhook"
    idempotent = True
    networked = True

    def __init__(
        self,
        account: WebhookAccount | None,
        remote_ids: RemoteIds,
        clock: Clock,
        *,
        holds_permalink: bool = False,
    ) -> None:
        self._account = account
        self._remote_ids = remote_ids
        self._clock = clock
        self._holds_permalink = holds_permalink
        self._opened: Web | None = None
        self._lock = threading.Lock()

    @property
    def configured(self) -> bool:
        """Say whether the settings say where it is, chosen for new posts or not."""
        return self._account is not None

    @property
    def endpoint(self) -> str:
        return self._account.place if self._account is not None else self.name

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Tell the portal of every campaign in the bundle. Raises ChannelError."""
        account = self._configured()
        kept: Kept | None = None
        for kept in joined(self._memory, artifact):
            files = [file for file in artifact.files if file.name.startswith(f"{kept.record.id}/")]
            kept = self._told(account, kept, files, bundle)
            self._memory.put(kept)
        if kept is None:
            raise ChannelError(_("there is nothing to post"), permanent=True)
        return Receipt(kept.url or kept.remote, {"post": kept.remote, "portal": self.endpoint})

    def check(self) -> None:
        """Let the portal check a signature. Raises ChannelError; nothing is posted."""
        account = self._configured()
        body = b'{"version": 1, "kind": "check"}'
        headers = {EVENT_ID: "check", "Content-Type": _JSON}
        self._taken(self._ask(account, headers, body, {}))

    def shown(self, campaign_id: str) -> Shown:
        """Read the public page that the portal named. Raises ChannelError."""
        kept = self._memory.get(campaign_id)
        if kept is None or not kept.url:
            message = _("{portal} did not say where the page of {campaign} is")
            raise ChannelError(message.format(campaign=campaign_id, portal=self.endpoint))
        from channels.portal.looking import look_at  # loads httpx and lxml: for those who look

        account = self._configured()
        return look_at(kept, account.timeout, account.ca_file)

    def close(self) -> None:
        """Close the connections; the next delivery opens new ones."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _told(self, account: WebhookAccount, kept: Kept, files: list[File], bundle: Bundle) -> Kept:
        from channels.portal.webhook.event import Kind, event_of  # loads nh3: for who sends

        named = {file.name.rpartition("/")[2]: file for file in files}
        folder = f"{kept.site.url}/{kept.record.id}"
        kept = kept.with_media(
            {
                name: f"{folder}/{name}" if account.links else f"cid:{file.sha256}"
                for name, file in named.items()
            }
        )
        links = dict(kept.media)
        said = event_of(kept, commune_id=bundle.commune_id, slot=bundle.slot, links=links)
        sent = digest(said)
        if kept.written == sent:
            return kept
        # Other words are another event, also when the bundle is the same.
        event = said.model_copy(update={"id": f"{bundle.key}/{kept.record.id}/{sent[:16]}"})
        if kept.remote and event.kind is Kind.PUBLISHED:
            event = event.model_copy(update={"kind": Kind.UPDATED})
        parts = {} if account.links else {file.sha256: file for file in files}
        headers = {EVENT_ID: event.id, "Content-Type": _JSON}
        found = self._taken(self._ask(account, headers, event.encoded(), parts))
        url = _text(found, "url") or (kept.record.permalink if self._holds_permalink else "")
        return kept.model_copy(
            update={"remote": _text(found, "id") or event.id, "url": url, "written": sent}
        )

    def _ask(
        self,
        account: WebhookAccount,
        headers: Mapping[str, str],
        body: bytes,
        files: Mapping[str, File],
    ) -> Answer:
        """Make one call; files go beside the event, which says by their hashes what they are."""
        fields = {**headers, **signed(account.secret, body, self._clock.now())}
        if not files:
            return self._web(account).ask("POST", account.url, content=body, headers=fields)
        del fields["Content-Type"]
        parts: list[tuple[str, Any]] = [("event", ("event.json", body, _JSON))]
        for sha256, file in files.items():
            name = file.name.rpartition("/")[2]
            parts.append((sha256, (name, file.read(), file.media_type)))
        return self._web(account).ask("POST", account.url, files=parts, headers=fields)

    def _taken(self, answer: Answer) -> Mapping[str, Any]:
        """Return what the portal says of a post that it took. Raises ChannelError."""
        if answer.ok:
            found = answer.document()
            return found if isinstance(found, Mapping) else {}
        match answer.status:
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                message = _(
                    "{portal} does not accept the signature: both sides must keep the same secret "
                    "([portal.webhook] secret_file), and their clocks must agree ({reason})"
                )
            case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                message = _(
                    "{portal} takes no post of this size: let it take more, attach smaller files, "
                    'or send links (media = "link")'
                )
            case HTTPStatus.REQUEST_TIMEOUT | HTTPStatus.TOO_EARLY | HTTPStatus.CONFLICT:
                message = _("{portal} cannot take anything now (code {code})")
                raise ChannelError(message.format(portal=self.endpoint, code=answer.status))
            case _:
                message = _("{portal} refused the post (code {code}): {reason}")
        reason = _text(answer.document(), "message") or str(answer.status)
        raise ChannelError(
            message.format(portal=self.endpoint, code=answer.status, reason=reason), permanent=True
        )

    @property
    def _memory(self) -> Memory:
        return Memory(f"{self.name}/{self.endpoint}", self._remote_ids)

    def _configured(self) -> WebhookAccount:
        if self._account is None:
            raise ChannelError(
                _("No webhook is set up: write [portal.webhook] url and secret_file."),
                permanent=True,
            )
        return self._account

    def _web(self, account: WebhookAccount) -> Web:
        from channels.portal.web import Web  # loads httpx: for those who send

        with self._lock:
            if self._opened is None:
                self._opened = Web(account.place, account.timeout, None, account.ca_file)
            return self._opened


def _text(found: object, name: str) -> str:
    value = found.get(name) if isinstance(found, Mapping) else None
    return value[:500] if isinstance(value, str) else ""
