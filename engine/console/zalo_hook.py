"""Zalo's events: checked, kept, answered within moments, and understood afterwards."""

# Without annotations as text: FastAPI reads them, and those of routes name what is made here.

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from channels.chat.zalo.signature import HEADER, signed_by
from engine.app import Communes
from engine.console.reading import body_of
from engine.dispatch.replying import Line, Replying
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import LEDGER_ERRORS, ledger_reason
from engine.ledger.mailbox import Mailbox, Told

logger = logging.getLogger(__name__)

#: Where Zalo tells what happens.
PATH = "/zalo/webhook"

#: Somebody wrote in a group. Everything else that Zalo tells is answered and let go.
WROTE = "user_send_group_text"

#: Zalo tells again for two hours; what came is known for long after that.
KEPT = timedelta(days=7)

#: Events written at once, at most.
_TOGETHER = 500

#: An event so small is looked at where it came in: that costs less than handing it to a thread.
_SMALL = 10_000

#: How long understanding rests after each event, as a multiple of what that took: whoever waits
#: for an answer comes first, also while thousands have just come.
_REST = 3.0


class Intake:
    """Writes events of many requests together: one durable write serves all that wait for it."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._waiting: list[tuple[Told, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, event: Told) -> None:
        """Return once the event is kept durably. Raises what the ledger raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            try:
                await run_in_threadpool(self._mailbox.keep, [event for event, _done in batch])
            except Exception as error:  # noqa: BLE001 - whoever waits is told, each of them
                for _event, done in batch:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _event, done in batch:
                    if not done.done():
                        done.set_result(None)


class ZaloHook:
    """Serves the accounts of the communes that a workspace serves."""

    def __init__(self, communes: Communes, *, rest: Callable[[float], object] = time.sleep) -> None:
        """``rest`` waits for some seconds between events that are understood."""
        self._communes = communes
        self._rest = rest
        house = communes.house
        self.mailbox = Mailbox(house.database, house.seal, communes.only_id)
        self._variants: dict[str, str] = {}
        served = set(communes.ids())
        self._accounts = {
            (account.app_id, account.oa_id): (commune_id, account)
            for commune_id, account in communes.settings.zalo.items()
            if commune_id in served
        }

    def event(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        """Return an event that is to be kept; None for one that says nothing to us.

        Raises PermissionError for one that is not Zalo's, ValueError for no event at all.
        """
        found = json.loads(body)
        if not isinstance(found, dict):
            raise ValueError("no event")
        known = self._accounts.get((_id(found.get("app_id")), _oa_of(found)))
        if known is None:
            raise PermissionError("no account of ours")
        commune_id, account = known
        timestamp = str(found.get("timestamp", ""))
        if account.webhook_timestamp_header:
            timestamp = headers.get(account.webhook_timestamp_header, timestamp)
        firsts = (account.app_id, account.oa_id)
        first = signed_by(headers.get(HEADER, ""), firsts, body, timestamp, account.oa_secret)
        if first is None:
            raise PermissionError("not signed")
        self._tell_once(commune_id, "app_id" if first == account.app_id else "oa_id")
        message = found.get("message")
        said_id = _id(message.get("msg_id")) if isinstance(message, dict) else ""
        if found.get("event_name") != WROTE or not said_id:
            return None
        said_at = datetime.fromtimestamp(int(timestamp) / 1000, UTC)
        return Told(commune_id, said_id, said_at, self._communes.clock.now(), body)

    def _tell_once(self, commune_id: str, variant: str) -> None:
        """Log which of the ways of signing that sources name is Zalo's own."""
        if self._variants.get(commune_id) != variant:
            self._variants[commune_id] = variant
            words = _("Zalo signs its events for {commune} with {variant}")
            logger.info(words.format(commune=commune_id, variant=variant))

    def understand(self) -> None:
        """Take what was kept and not yet understood; one that cannot be keeps no other back."""
        for event in self.mailbox.waiting():
            began = time.perf_counter()
            with self._communes.lent(event.commune_id) as app:
                newest = app.ledger.registries.latest()
                registry = app.ledger.registries.load(newest) if newest else app.registry
                try:
                    line = _line(json.loads(event.body), event.said_at)
                    Replying(app.ledger, registry).take(line, self._communes.clock.now())
                except LEDGER_ERRORS as error:
                    logger.warning(ledger_reason(error))
                    return
                except (LoaError, ValueError, KeyError, TypeError) as error:
                    words = _("a reply in a group could not be understood: {reason}")
                    logger.warning(words.format(reason=error))
            self.mailbox.done(event)
            self._rest(_REST * (time.perf_counter() - began))

    def forget(self) -> None:
        self.mailbox.forget(self._communes.clock.now() - KEPT)


def hook_router(hook: ZaloHook) -> APIRouter:
    """Return the one route that Zalo asks."""
    router, intake = APIRouter(), Intake(hook.mailbox)

    @router.post(PATH)
    async def told(request: Request) -> Response:
        body = await body_of(request)
        try:
            event = (
                hook.event(body, request.headers)
                if len(body) <= _SMALL
                else await run_in_threadpool(hook.event, body, request.headers)
            )
        except PermissionError:
            return Response(status_code=HTTPStatus.FORBIDDEN)
        except (ValueError, OverflowError, RecursionError):
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        if event is not None:
            await intake.keep(event)
        return Response(status_code=HTTPStatus.OK)

    return router


def _line(found: dict[str, Any], at: datetime) -> Line:
    group = found.get("group_id") or found.get("group", {}).get("id", "")
    return Line(
        _id(group), _id(found["sender"]["id"]), at, str(found["message"].get("text", ""))[:2_000]
    )


def _oa_of(found: Mapping[str, Any]) -> str:
    """Return the account's id, by whichever of its names an event gives it."""
    recipient = found.get("recipient")
    inner = recipient.get("id") if isinstance(recipient, dict) else ""
    return _id(found.get("oa_id") or inner)


def _id(value: object) -> str:
    return str(value)[:200] if isinstance(value, str | int) else ""
