"""Google's voice, played by a server of our own; and espeak-ng when it cannot be had."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from support import builders as b
from support import sound
from support.speech import foreign_mp3

from channels.base import ChannelError
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.speech.gtts_engine import GttsEngine
from engine.models import Rendered


class Google(ThreadingHTTPServer):
    """Answers as Google's translate page does: MP3 in base64 in JSON in JSON."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[list[object]] = []
        self.status = 200
        self.broken_after = 10_000
        self.body: bytes | None = None


class _Handler(BaseHTTPRequestHandler):
    server: Google

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = json.loads(json.loads(parse_qs(body)["f.req"][0])[0][0][1])
        self.server.asked.append(asked)
        worked = len(self.server.asked) <= self.server.broken_after
        inner = json.dumps([base64.b64encode(foreign_mp3(str(asked[0]))).decode()])
        answer = json.dumps([["wrb.fr", "jQ1olc", inner]], separators=(",", ":")).encode()
        self.send_response(self.server.status if worked else 503)
        self.end_headers()
        self.wfile.write(answer if self.server.body is None else self.server.body)

    def log_message(self, *_arguments: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with Google() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr("gtts.tts._translate_url", lambda tld="com", path="": address + path)
        yield server
        server.shutdown()
        thread.join()


def render(tmp_path: Path, **changes: object) -> Rendered:
    channel = LoudspeakerChannel(outbox=tmp_path / "o", speech_cache=tmp_path / "c", engine="gtts")
    try:
        content = b.content("loudspeaker", LoudspeakerOptions(), **changes)
        return channel.render(channel.prepare(content, b.hamlet(), b.FakeArtifacts()))
    finally:
        channel.close()


def test_google_speaks_when_it_is_chosen_and_there(google: Google, tmp_path: Path) -> None:
    rendered = render(tmp_path)
    assert rendered.remarks == ()
    assert google.asked[0][:2] == ["Thông báo tiêm vắc xin.", "vi"]
    assert sound.loudness(sound.decoded(rendered.data)) == pytest.approx(-16.0, abs=0.5)


def test_a_sentence_that_google_spoke_is_not_asked_for_again(
    google: Google, tmp_path: Path
) -> None:
    render(tmp_path)
    asked = len(google.asked)
    render(tmp_path, title="Tin khác")
    assert len(google.asked) == asked + 1


def test_a_long_sentence_goes_in_parts_and_comes_back_whole(google: Google) -> None:
    spoken = GttsEngine().say("mời bà con đến dự họp " * 12, "vi")
    assert len(google.asked) == 3
    assert len(spoken.samples) / spoken.rate == pytest.approx(72 * 0.35, rel=0.2)


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 429}, {"body": b""}, {"body": b'jQ1olc","[\\"AAAA\\"]'},
     {"body": b'jQ1olc","[\\"A\\"]'}, {"body": b"<html>consent</html>"}],
    ids=["error", "too many", "empty", "no mp3", "no base64", "a page"],
)  # fmt: skip
def test_an_answer_without_sound_is_an_error(google: Google, fault: dict[str, object]) -> None:
    vars(google).update(fault)
    with pytest.raises(ChannelError) as caught:
        GttsEngine().say("Một.", "vi")
    assert not caught.value.permanent


def test_espeak_says_the_whole_item_when_google_fails_midway(
    google: Google, tmp_path: Path
) -> None:
    google.broken_after = 2
    fallen = render(tmp_path)
    (remark,) = fallen.remarks
    assert "gtts" in remark
    assert "503" in remark
    offline = LoudspeakerChannel(outbox=tmp_path / "o", speech_cache=tmp_path / "c")
    try:
        content = b.content("loudspeaker", LoudspeakerOptions())
        inputs = offline.prepare(content, b.hamlet(), b.FakeArtifacts())
        assert offline.render(inputs).data == fallen.data
    finally:
        offline.close()


def test_espeak_speaks_and_says_why_when_google_is_out_of_reach(
    google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtts.tts._translate_url", lambda **_: "http://127.0.0.1:9/")
    rendered = render(tmp_path)
    assert google.asked == []
    assert len(rendered.remarks) == 1
    assert sound.loudness(sound.decoded(rendered.data)) == pytest.approx(-16.0, abs=0.5)
