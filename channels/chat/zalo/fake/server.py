"""The fake Zalo on the wire: the addresses of the real one, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from channels.chat.bots.fake_handler import BrokenError, HabitHandler, encoded
from channels.chat.bots.fake_server import FakeServer
from channels.chat.bots.multipart import file_in
from channels.chat.zalo.fake.articles import Articles
from channels.chat.zalo.fake.pages import agreed, consent, home
from channels.chat.zalo.fake.world import FaultError, World

#: Where a browser comes back to when it has agreed.
AGREED = "/da-dong-y"

#: What an authorised request asks for, by the end of its address.
_Call = Callable[["FakeZalo", Mapping[str, Any]], Any]

_POSTS: dict[str, _Call] = {
    "/v3.0/oa/group/message": lambda zalo, body: zalo.world.group_message(body),
    "/v3.0/oa/group/creategroupwithoa": lambda zalo, body: zalo.world.create_group(body),
    "/v3.0/oa/quota/group": lambda zalo, _body: zalo.world.quota(),
    "/v2.0/article/create": lambda zalo, body: zalo.articles.create(body),
    "/v2.0/article/verify": lambda zalo, body: zalo.articles.verify(str(body.get("token", ""))),
    "/v2.0/article/update": lambda zalo, body: zalo.articles.change(body, remove=False),
    "/v2.0/article/remove": lambda zalo, body: zalo.articles.change(body, remove=True),
    "/v2.0/oa/message": lambda zalo, body: zalo.articles.broadcast(body),
}
_GETS: dict[str, _Call] = {
    "/v3.0/oa/group/getgroupsofoa": lambda zalo, data: zalo.world.list_groups(
        int(data.get("offset", 0)), int(data.get("count", 10))
    ),
    "/v3.0/oa/group/listmember": lambda zalo, data: zalo.world.members(
        str(data.get("group_id", ""))
    ),
    "/v2.0/article/getdetail": lambda zalo, data: zalo.articles.detail(str(data.get("id", ""))),
    "/v2.0/article/getslice": lambda zalo, data: zalo.articles.slice(
        int(data.get("offset", 0)), int(data.get("limit", 10))
    ),
}
_UPLOADS: dict[str, Callable[[World, str, bytes], Any]] = {
    "/v2.0/oa/upload/image": World.upload_image,
    "/v2.0/oa/upload/file": World.upload_file,
}


class FakeZalo(FakeServer):
    """``with FakeZalo(World(log=path)) as zalo: zalo.base_url``."""

    def __init__(self, world: World, *, port: int = 0, hook: str = "") -> None:
        """``hook`` is the address that is told what people say in groups."""
        super().__init__(_Handler, port)
        self.world: World = world
        self.articles: Articles = Articles(world)
        self._hook = hook
        self._tellers: list[threading.Thread] = []

    def say(self, group_id: str, sender: str, text: str) -> None:
        """Let somebody write in a group; the program at ``hook`` is told, again and again."""
        from channels.chat.zalo.fake.events import event, tell  # loads httpx

        body = event(self.world, group_id, sender, text)
        if self._hook:
            teller = threading.Thread(
                target=tell,
                args=(self.world, self._hook, body),
                kwargs={"wait": lambda pause: not self.closing.wait(pause.total_seconds())},
            )
            self._tellers.append(teller)
            teller.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        for teller in self._tellers:
            teller.join()


class _Handler(HabitHandler, BaseHTTPRequestHandler):
    nameless: ClassVar[Mapping[str, Any]] = {"data": {}, "error": 0, "message": "Success"}

    @property
    def zalo(self) -> FakeZalo:
        assert isinstance(self.fake, FakeZalo)
        return self.fake

    def refusal(self, number: int) -> Exception:
        return FaultError(number, "Scripted")

    def more_headers(self) -> Mapping[str, str]:
        return {
            "X-RateLimit-Limit": str(self.zalo.world.per_minute),
            "X-RateLimit-Remaining": str(self._left),
        }

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/":
            self._show(home(self.zalo.world))
        elif asked.path == "/v4/oa/permission":
            self._show(consent(self.zalo.world, _form(asked.query)))
        elif asked.path == AGREED:
            self._show(agreed(f"{self.zalo.base_url}{self.path}"))
        else:
            self._serve(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/noi":
            said = _form(body.decode())
            self.zalo.say(said.get("group", ""), said.get("sender", ""), said.get("text", ""))
            self._show(home(self.zalo.world))
        else:
            self._serve(body)

    def _show(self, page: str) -> None:
        self.write(200, page.encode(), "text/html; charset=utf-8")

    def _serve(self, body: bytes) -> None:
        asked = urlsplit(self.path)
        script = self.zalo.next_script(asked.path)
        try:
            self.before(script)
            answer = self._answer_of(asked.path, asked.query, body)
            if asked.path.endswith("/access_token"):
                self.after(script, answer)
            else:
                self.after(script, {"data": answer, "error": 0, "message": "Success"})
        except FaultError as fault:
            self.write(200, encoded({"error": fault.number, "message": str(fault)}))
        except BrokenError:
            return

    def _answer_of(self, path: str, query: str, body: bytes) -> Any:
        world = self.zalo.world
        if path == "/v4/oa/access_token":
            return world.exchange(_form(body.decode()), self.headers.get("secret_key", ""))
        self._left = world.admit(self.headers.get("access_token", ""))
        if self.command == "GET" and path in _GETS:
            data = parse_qs(query).get("data", ["{}"])[0]
            return _GETS[path](self.zalo, json.loads(data))
        if path in _UPLOADS:
            return _UPLOADS[path](world, *file_in(self.headers.get("Content-Type", ""), body))
        if path in _POSTS:
            return _POSTS[path](self.zalo, json.loads(body or b"{}"))
        raise FaultError(-404, "Not found")

    _left = 0


def _form(text: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(text).items()}
