"""Webhooks to other portals: signed, told once, and as their description says."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate
from support import builders
from support.console import make_certificate
from support.portals import MP3, PDF, Poster, correction, webhook_backend
from support.webhook import SECRET, Portal, program, receiver

from channels.base import ChannelError
from channels.portal.webhook.backend import WebhookBackend
from channels.portal.webhook.event import Event
from channels.portal.webhook.signing import signature, signed
from engine.clock import SimulatedClock, SystemClock
from engine.models import Purpose
from engine.models.facts import Facts

DESCRIPTION = Path(__file__).parents[2] / "docs" / "webhook.openapi.yaml"


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Portal]:
    with receiver(tmp_path / "far") as portal:
        yield portal


@pytest.fixture
def remote_ids() -> builders.MemoryRemoteIds:
    return builders.MemoryRemoteIds()


@pytest.fixture
def poster(far: Portal, remote_ids: builders.MemoryRemoteIds, tmp_path: Path) -> Iterator[Poster]:
    found = Poster(webhook_backend(far.url, remote_ids), tmp_path, far.url)
    yield found
    found.channel.close()


def backend(poster: Poster) -> WebhookBackend:
    assert isinstance(poster.backend, WebhookBackend)
    return poster.backend


def test_a_post_arrives_whole_and_its_page_shows_it(poster: Poster, far: Portal) -> None:
    receipt = poster.post(poster.item(1, audio=MP3, flyer=PDF), poster.item(2, audio=MP3))
    assert receipt.reference == f"{far.url}/thong-bao-mau/"
    assert [one["kind"] for one in far.log] == ["post.published"]
    assert len(far.files) == 2
    post = far.post("thong-bao-mau")
    (section,) = post["sections"]
    assert [one["id"] for one in section["hamlets"]] == ["ap-1", "ap-2"]
    for file in section["files"]:
        assert httpx.get(f"{far.url}/files/{file['sha256']}").content in (MP3, PDF)
    assert set(backend(poster).shown("thong-bao-mau").slots) == {"ap-1", "ap-2"}


def test_facts_are_told_where_there_are_some(poster: Poster, far: Portal) -> None:
    facts = Facts(where=("Nhà văn hóa ấp",), bring=("Sổ tiêm", "Giấy tờ"))
    poster.post(poster.item(1, facts=facts), poster.item(2))
    told, plain = far.post("thong-bao-mau")["sections"]
    assert told["facts"] == {"where": ["Nhà văn hóa ấp"], "bring": ["Sổ tiêm", "Giấy tờ"]}
    assert "facts" not in plain
    assert "<strong>Ở đâu:</strong> Nhà văn hóa ấp" in far.post("thong-bao-mau")["html"]


def test_one_who_forgot_tells_it_again_and_the_portal_knows_it(
    poster: Poster, far: Portal, tmp_path: Path
) -> None:
    """As after a kill between the portal's answer and the ledger's commit."""
    first = poster.post(poster.item(1))
    again = Poster(webhook_backend(far.url, builders.MemoryRemoteIds()), tmp_path, far.url)
    assert again.post(again.item(1)) == first
    assert len(far.log) == 1
    other = again.post(again.item(1, body="Lời khác, cùng một gói."))
    assert other.reference == first.reference
    assert len(far.log) == 2, "other words are another event, also in the same bundle"
    again.channel.close()


def test_updates_and_withdrawals_are_events_of_their_own(poster: Poster, far: Portal) -> None:
    poster.post(poster.item(1), poster.item(2))
    poster.post(poster.item(2, body="Lời mới."), number=8)
    poster.post(
        poster.item(1, purpose=Purpose.WITHDRAWAL),
        poster.item(2, purpose=Purpose.WITHDRAWAL),
        number=9,
    )
    kinds = [one["kind"] for one in far.log]
    assert kinds == ["post.published", "post.updated", "post.withdrawn"]


def test_files_may_be_links_to_the_static_site(far: Portal, tmp_path: Path) -> None:
    sender = webhook_backend(far.url, builders.MemoryRemoteIds(), links=True)
    poster = Poster(sender, tmp_path, "https://xa-mau.example")
    poster.post(poster.item(1, flyer=PDF))
    (file,) = far.post("thong-bao-mau")["sections"][0]["files"]
    assert file["url"] == f"https://xa-mau.example/thong-bao-mau/{file['name']}"
    assert far.files == []
    poster.channel.close()


def test_another_secret_or_an_old_signature_is_told(far: Portal, tmp_path: Path) -> None:
    wrong = webhook_backend(far.url, builders.MemoryRemoteIds(), secret="x" * 16)
    late = webhook_backend(
        far.url,
        builders.MemoryRemoteIds(),
        clock=SimulatedClock(SystemClock().now() - timedelta(minutes=6)),
    )
    for one in (wrong, late):
        error = Poster(one, tmp_path, far.url).refused()
        assert error.permanent
        assert "secret_file" in str(error)
        with pytest.raises(ChannelError, match="signature"):
            one.check()
        one.close()
    assert far.log == []


def test_only_a_certificate_that_is_trusted_gets_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    certificate = make_certificate(tmp_path)
    with receiver(tmp_path / "far", certificate=certificate) as far:
        stranger = Poster(webhook_backend(far.url, builders.MemoryRemoteIds()), tmp_path, far.url)
        error = stranger.refused()
        assert not error.permanent
        assert "its certificate is not trusted" in str(error)
        assert far.log == []
        known = webhook_backend(far.url, builders.MemoryRemoteIds(), ca_file=certificate)
        poster = Poster(known, tmp_path, far.url)
        poster.post(poster.item(1))
        assert backend(poster).shown("thong-bao-mau").slots
        gone = webhook_backend(far.url, builders.MemoryRemoteIds(), ca_file=tmp_path / "khong")
        assert Poster(gone, tmp_path, far.url).refused().permanent
        for one in (stranger, poster):
            one.channel.close()


def test_a_check_posts_nothing(poster: Poster, far: Portal) -> None:
    backend(poster).check()
    assert far.log == []


def test_what_was_signed_cannot_be_changed_or_come_again_later() -> None:
    now = SystemClock().now()
    fields = signed(SECRET, b"{}", now)
    server = program().Receiver.__new__(program().Receiver)
    server.secret = SECRET
    server.verify(fields["Loa-Timestamp"], fields["Loa-Signature"], b"{}")
    with pytest.raises(program().RefusedError):
        server.verify(fields["Loa-Timestamp"], fields["Loa-Signature"], b"{ }")
    old = str(int(now.timestamp()) - program().WINDOW - 5)
    with pytest.raises(program().RefusedError, match="old"):
        server.verify(old, f"v1={signature(SECRET, old, b'{}')}", b"{}")


@contextmanager
def answering(code: int, **headers: str) -> Iterator[str]:
    """Run a portal that always gives the same answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(code)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("code", "headers", "permanent", "wait", "word"),
    [
        (503, {"Retry_After": "90"}, False, timedelta(seconds=90), "503"),
        (429, {"Retry_After": "999999999"}, False, timedelta(days=1), "429"),
        (429, {"Retry_After": "bao giờ".encode().hex()}, False, None, "429"),
        (500, {}, False, None, "500"),
        (409, {}, False, None, "409"),
        (413, {}, True, None, "link"),
        (422, {}, True, None, "422"),
        (302, {"Location": "https://noi.khac/"}, True, None, "https://noi.khac/"),
    ],
)
def test_a_refusal_says_whether_and_when_to_try_again(
    tmp_path: Path,
    code: int,
    headers: dict[str, str],
    permanent: bool,
    wait: timedelta | None,
    word: str,
) -> None:
    with answering(code, **headers) as url:
        sender = webhook_backend(url, builders.MemoryRemoteIds())
        error = Poster(sender, tmp_path, url).refused()
        assert (error.permanent, error.retry_after) == (permanent, wait)
        assert word in str(error)
        sender.close()


def test_a_portal_may_ask_to_come_again_at_a_date(tmp_path: Path) -> None:
    soon = SystemClock().now() + timedelta(minutes=5)
    with answering(503, Retry_After=format_datetime(soon, usegmt=True)) as url:
        sender = webhook_backend(url, builders.MemoryRemoteIds())
        wait = Poster(sender, tmp_path, url).refused().retry_after
        assert wait is not None
        assert timedelta(minutes=4) < wait <= timedelta(minutes=5, seconds=1)
        sender.close()


def test_the_description_is_openapi_and_every_event_fits_it(poster: Poster, far: Portal) -> None:
    description: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    validate(description)
    schemas = description["components"]["schemas"]
    event = {"$ref": "#/components/schemas/Event", "components": {"schemas": schemas}}
    poster.post(poster.item(1, audio=MP3, flyer=PDF))
    jsonschema.validate(far.post("thong-bao-mau"), event)
    poster.post(poster.item(1, body="Lời đúng.", correction=correction()), number=8)
    corrected = far.post("thong-bao-mau")
    jsonschema.validate(corrected, event)
    assert [one["heading"] for one in corrected["notes"]] == ["ĐÍNH CHÍNH"]
    assert len(corrected["history"]) == 1
    assert set(schemas["Event"]["properties"]) == set(Event.model_fields)
    fields = {"Loa-Event-Id", *signed(SECRET, b"", SystemClock().now())}
    (call,) = description["webhooks"].values()
    named = {one["name"] for one in call["post"]["parameters"]}
    assert named == fields
    example = call["post"]["requestBody"]["content"]["application/json"]["example"]
    jsonschema.validate(json.loads(json.dumps(example, default=str)), event)
