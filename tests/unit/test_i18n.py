"""The catalogue: whole, in step with the code, and what officials read by default."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from http.client import RemoteDisconnected
from io import BytesIO
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import engine
from engine.i18n import LOCALE_DIR, decimal, gettext, language, ngettext, os_reason

ROOT = Path(engine.__file__).parent.parent
CATALOGUE = LOCALE_DIR / "vi" / "LC_MESSAGES" / "loa.po"

#: ``{name}``, ``{name!r}``, ``{number:.1f}`` and ``%(name)s``.
PLACEHOLDER = re.compile(r"\{[a-z_][^{}\s]*\}|%\(\w+\)s")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="vi", domain="loa")


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def extracted() -> set[str | tuple[str, ...]]:
    """What the code says, ours and click's, by the mapping that ``make messages`` uses."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    folders = (ROOT, Path(click.__file__).parent)
    return {
        tuple(found[2]) if isinstance(found[2], list) else found[2]
        for folder in folders
        for found in extract_from_dir(folder, methods, options)
    }


def said(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_every_message_in_the_code_is_in_the_catalogue_and_nothing_else(
    catalogue: Catalog,
) -> None:
    kept = {m.id if isinstance(m.id, str) else tuple(m.id) for m in messages(catalogue)}
    found = extracted()
    assert len(found) > 500
    assert kept - found == set(), "run: make messages"
    assert found - kept == set(), "run: make messages, and translate"


def test_every_message_is_translated(catalogue: Catalog) -> None:
    assert [m.id for m in messages(catalogue) if not all(said(m))] == []


def test_nothing_in_the_catalogue_is_fuzzy_or_obsolete(catalogue: Catalog) -> None:
    assert [m.id for m in messages(catalogue) if m.fuzzy] == []
    assert not catalogue.obsolete


def test_a_translation_has_the_placeholders_of_its_message(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        wanted = message.id if isinstance(message.id, str) else message.id[-1]
        for text in said(message):
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(wanted)), text


def test_a_translation_keeps_the_spaces_at_both_ends_of_its_message(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        wanted = message.id if isinstance(message.id, str) else message.id[0]
        for text in said(message):
            assert text.replace(text.strip(), "…") == wanted.replace(wanted.strip(), "…"), text


def test_the_compiled_catalogue_is_in_step(catalogue: Catalog) -> None:
    fresh = BytesIO()
    write_mo(fresh, catalogue)
    assert CATALOGUE.with_suffix(".mo").read_bytes() == fresh.getvalue(), "run: make messages"


def test_the_catalogue_is_sorted_and_names_no_places() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    with CATALOGUE.open("rb") as file:
        ids = [m.id for m in messages(read_po(file, locale="vi"))]
    assert ids == sorted(ids, key=lambda one: one if isinstance(one, str) else one[0])
    assert not re.search(r"^#:", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (None, "vi"),
        ("", "vi"),
        ("vi", "vi"),
        ("vi_VN.UTF-8", "vi"),
        ("en", "en"),
        ("EN", "en"),
        (" en_GB ", "en"),
        ("xx", "vi"),
        ("../../etc", "vi"),
        ("\x00", "vi"),
    ],
)
def test_the_language_is_vietnamese_unless_english_is_asked_for(
    wanted: str | None, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wanted is None:
        monkeypatch.delenv("LOA_LANG", raising=False)
    else:
        monkeypatch.setattr("os.environ", {"LOA_LANG": wanted})
    assert language() == spoken
    assert gettext("confirmed") == {"vi": "đã xác nhận", "en": "confirmed"}[spoken]


def test_plural_forms_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    one, many = "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"
    monkeypatch.setenv("LOA_LANG", "en")
    assert (ngettext(one, many, 1), ngettext(one, many, 2)) == (one, many)
    monkeypatch.setenv("LOA_LANG", "vi")
    assert ngettext(one, many, 1) == ngettext(one, many, 2) == "Thừa tham số ({args})"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "ổ đĩa đã đầy"),
        (errno.EACCES, "không có quyền"),
        (errno.ENOENT, "không tồn tại"),
        (errno.EXDEV, "máy báo lỗi EXDEV"),
        (99999, "máy báo lỗi 99999"),
    ],
)
def test_why_the_machine_refused_is_said_in_the_readers_words(
    number: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOA_LANG", raising=False)
    assert os_reason(OSError(number, "English", "tep")) == words


def test_an_error_without_a_number_keeps_its_words() -> None:
    assert os_reason(OSError("đã đóng")) == "đã đóng"


def refused() -> OSError:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ConnectionRefusedError) as caught:
        socket.create_connection(("127.0.0.1", port))
    return caught.value


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused, "không có dịch vụ nào mở ở đó"),
        (ConnectionResetError, "đường truyền bị đứt"),
        (lambda: RemoteDisconnected("Remote end closed connection"), "đường truyền bị đứt"),
        (lambda: TimeoutError("timed out"), "không trả lời kịp"),
        (lambda: socket.gaierror(-2, "Name or service not known"), "mạng không biết tên máy này"),
        (
            lambda: ssl.SSLCertVerificationError(1, "certificate verify failed"),
            "chứng chỉ của nó không đáng tin",
        ),
        (lambda: ssl.SSLError(1, "wrong version number"), "không lập được đường truyền mã hóa"),
        (lambda: OSError(errno.EADDRINUSE, "x"), "chương trình khác đang dùng cổng ấy"),
    ],
)
def test_why_the_network_refused_is_said_in_the_readers_words(
    error: Callable[[], OSError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOA_LANG", raising=False)
    assert os_reason(error()) == words


def test_numbers_have_a_comma_in_vietnamese_and_a_point_in_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    message = gettext("{value:.1f} s")
    assert (message.format(value=28.14), decimal(-4.25, "+.2f")) == ("28.1 s", "-4.25")
    monkeypatch.setenv("LOA_LANG", "vi")
    assert gettext("{value:.1f} s").format(value=28.14) == "28,1 giây"
    assert gettext("{value:.1f} s").format(value=28) == "28,0 giây"
    assert message.format(value=28) == "28,0 s"
    assert decimal(-4.25, "+.2f") == "-4,25"
