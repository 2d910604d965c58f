"""The fake Zalo on the wire: the addresses of the real one, on loopback."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from channels.chat.bots.fake_handler import BrokenError, HabitHandler, encoded
from channels.chat.bots.habits import Habit, Script
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


class FakeZalo:
    """``with FakeZalo(World(log=path)) as zalo: zalo.base_url``."""

    def __init__(self, world: World, *, port: int = 0, hook: str = "") -> None:
        """``hook`` is the address that is told what people say in groups."""
        self.world: World = world
        self.articles: Articles = Articles(world)
        self._hook = hook
        self._tellers: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._scripts: deque[Script] = deque()
        self.asked: deque[str] = deque(maxlen=10_000)  # addresses, in order
        self._closing = threading.Event()
        self._gate = threading.Event()
        self._gate.set()
        self.held = threading.Semaphore(0)  # one for each request that waits at the gate
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.zalo = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *scripts: Script | Habit) -> None:
        """Give the coming requests these answers, one each, in order."""
        given = [one if isinstance(one, Script) else Script(one) for one in scripts]
        if any(one.habit in (Habit.HOLD_BEFORE, Habit.HOLD_AFTER) for one in given):
            self._gate.clear()
        self._scripts.extend(given)

    def let_go(self) -> None:
        """Let what is held go on, and forget what was still scripted."""
        self._scripts.clear()
        self._gate.set()

    def next_script(self, path: str) -> Script:
        """Return what the request for ``path`` meets."""
        with self._lock:
            self.asked.append(path)
            if self._scripts and path.endswith(self._scripts[0].path):
                return self._scripts.popleft()
        return Script(Habit.PLAIN)

    def say(self, group_id: str, sender: str, text: str) -> None:
        """Let somebody write in a group; the program at ``hook`` is told, again and again."""
        from channels.chat.zalo.fake.events import event, tell  # loads httpx

        body = event(self.world, group_id, sender, text)
        if self._hook:
            teller = threading.Thread(
                target=tell,
                args=(self.world, self._hook, body),
                kwargs={"wait": lambda pause: not self._closing.wait(pause.total_seconds())},
            )
            self._tellers.append(teller)
            teller.start()

    def wait_at_gate(self) -> None:
        self.held.release()
        self._gate.wait()

    def wait_until_closed(self) -> None:
        self._closing.wait()

    def __enter__(self) -> FakeZalo:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for teller in self._tellers:
            teller.join()


class _Server(ThreadingHTTPServer):
    #: How handlers find us.
    zalo: FakeZalo
    #: A worker's many connections at once; the usual 5 makes the system drop some.
    request_queue_size = 128
    daemon_threads = True


class _Handler(HabitHandler, BaseHTTPRequestHandler):
    nameless: ClassVar[Mapping[str, Any]] = {"data": {}, "error": 0, "message": "Success"}

    @property
    def zalo(self) -> FakeZalo:
        assert isinstance(self.server, _Server)
        return self.server.zalo

    def refusal(self, number: int) -> Exception:
        return FaultError(number, "Scripted")

    def wait_at_gate(self) -> None:
        self.zalo.wait_at_gate()

    def wait_until_closed(self) -> None:
        self.zalo.wait_until_closed()

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
