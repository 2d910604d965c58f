"""A head's own link, as his phone sees it: nothing is said by opening it, and nothing twice."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner
from sqlalchemy import update
from support.commune import PASSPHRASE, make_commune
from support.phones import Phone

from engine.app import App, Communes, open_app
from engine.app.noticing import commune_desk
from engine.cli.main import build
from engine.console.relay import PREFIX, relay_router
from engine.console.relay_desk import RelayDesk
from engine.dispatch.relaying import Relaying
from engine.errors import LoaError
from engine.ledger.relay_tables import relay_words
from engine.ledger.relays import Author
from engine.models import Evidence, EvidenceKind, Registry
from engine.models.relay import RelayLink, Way, WordKind
from engine.models.word import judged
from engine.notices.words import what as words_of
from engine.reports import Bounds, build_report
from engine.states import State
from workers.embedded import EmbeddedRuntime

LIFE = timedelta(days=30)
OTHER = "?/#\\'\"<b>"


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workspace of a commune whose notice has left by every form."""
    folder = make_commune(tmp_path_factory.mktemp("told") / "xa", live=False)
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run()
    return folder


@pytest.fixture
def app(told: Path, tmp_path: Path) -> Iterator[App]:
    """Open a copy of its workspace."""
    with open_app(Path(shutil.copytree(told, tmp_path / "xa"))) as app:
        yield app


@pytest.fixture
def phone(app: App) -> Phone:
    return Phone(relay_router(RelayDesk(Communes.only(app))))


def relaying(app: App, registry: Registry | None = None) -> Relaying:
    return Relaying(app.ledger, registry or app.registry, app.channels, app.renderer)


def links(app: App, registry: Registry | None = None) -> dict[str, RelayLink]:
    made = relaying(app, registry).links("tiem-phong", app.clock.now(), LIFE)
    return {link.person_id: link for link in made}


def address(app: App, person: str = "ap-1-head") -> str:
    return f"{PREFIX}/{app.ledger.relays.token(links(app)[person])}"


def evidence(app: App) -> list[Evidence]:
    return app.ledger.evidence.of("tiem-phong")


def states(app: App, hamlet: str) -> dict[str, State]:
    rows = app.ledger.views.deliveries("tiem-phong")
    return {row.target: row.state for row in rows if row.hamlet_id == hamlet}


def test_a_head_gets_his_hamlets_text_and_nobody_elses(app: App, phone: Phone) -> None:
    page = phone.get(address(app))
    assert page.status_code == 200
    assert "Tiêm phòng lúc 7 giờ." in page.text
    assert "8 giờ" not in page.text
    assert "Giả Một" in page.text
    for header, value in {
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex, nofollow",
    }.items():
        assert page.headers[header] == value
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert len(page.content) < 15_000, "a page for a bad line"


def test_opening_it_however_often_says_nothing(app: App, phone: Phone) -> None:
    """Chat apps and crawlers open every link that is sent."""
    link = address(app)
    for agent in ("Zalo", "facebookexternalhit/1.1", "Googlebot/2.1"):
        assert phone.get(link, headers={"User-Agent": agent}).status_code == 200
        assert phone("HEAD", link).status_code == 200
        loaded = phone.get(f"{link}/ap-1", headers={"User-Agent": agent})
        assert loaded.status_code == 303
        assert loaded.headers["location"] == f"{link}#ap-1"
    assert evidence(app) == []
    assert app.ledger.relays.words() == []


def test_what_is_not_there_does_not_say_that_the_link_is_over(phone: Phone, app: App) -> None:
    link = address(app)
    for wrong in (f"{link}/ap-1/khac.png", f"{link}/ap-2/loa.mp3", f"{link}/a/b/c", "/r/_/x.js"):
        answer = phone.get(wrong)
        assert (answer.status_code, "hết hạn" in answer.text) == (404, False)
        assert "Ở đây không có gì" in answer.text
    other = phone("DELETE", link)
    assert (other.status_code, "hết hạn" in other.text) == (405, False)


def test_flyer_and_sound_are_there_to_take(app: App, phone: Phone) -> None:
    link = address(app)
    picture = phone.get(f"{link}/ap-1/to-roi.png")
    assert picture.content.startswith(b"\x89PNG")
    sound = phone.get(f"{link}/ap-1/loa.mp3")
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/mpeg")
    assert sound.headers["accept-ranges"] == "bytes"
    assert phone.get(f"{link}/ap-2/to-roi.png").status_code in (404, 422)
    assert phone.get(f"{link}/ap-1/../../loa.toml").status_code == 404


def test_a_sound_that_was_cut_off_goes_on_from_there(app: App, phone: Phone) -> None:
    """On a bad line nobody fetches three megabytes from the beginning again and again."""
    sound = f"{address(app)}/ap-1/loa.mp3"
    whole = phone.get(sound)
    tag, size = whole.headers["etag"], len(whole.content)
    first = phone.get(sound, headers={"Range": "bytes=0-999"})
    rest = phone.get(sound, headers={"Range": "bytes=1000-", "If-Range": tag})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert rest.headers["content-range"] == f"bytes 1000-{size - 1}/{size}"
    assert first.content + rest.content == whole.content
    assert phone.get(sound, headers={"Range": "bytes=-10"}).content == whole.content[-10:]
    same = phone.get(sound, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (same.status_code, same.content) == (304, b"")
    beyond = phone.get(sound, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for odd in ("bytes=5-1", "bytes=0-1,5-6", "bytes=x", "lines=1-2"):
        answer = phone.get(sound, headers={"Range": odd})
        assert (answer.status_code, answer.content) == (200, whole.content), odd
    other = phone.get(sound, headers={"Range": "bytes=1000-", "If-Range": '"before"'})
    assert (other.status_code, len(other.content)) == (200, size), "it is another by now"


def test_passed_on_confirms_the_households_and_counts_once(app: App, phone: Phone) -> None:
    form = {"what": "relayed", "households": " ９0 Hộ ", "way": "meeting"}
    for _time in range(2):
        answer = phone.post(f"{address(app)}/ap-1", data=form)
        assert answer.status_code == 303
    (piece,) = evidence(app)
    assert (piece.kind, piece.households, piece.by) == (EvidenceKind.RELAYED, 90, "ap-1-head")
    assert states(app, "ap-1")["nhom-ap-1"] is State.CONFIRMED
    assert states(app, "ap-2")["nhom-ap-2"] is State.SENT
    assert "đã chuyển 90 hộ" in phone.get(answer.headers["location"].partition("#")[0]).text


def test_a_form_that_is_sent_eight_times_at_once_counts_once(app: App) -> None:
    """A thumb is quick, a line is slow: phones and proxies send again what had no answer yet."""
    link, ready = links(app)["ap-1-head"], Barrier(8)

    def press(_time: int) -> None:
        ready.wait()
        relaying(app).passed_on(link, "ap-1", 90, Way.GROUP, app.clock.now())

    with ThreadPoolExecutor(8) as thumbs:
        list(thumbs.map(press, range(8)))
    assert [(one.kind, one.households) for one in evidence(app)] == [(EvidenceKind.RELAYED, 90)]


def test_received_settles_only_what_went_to_the_head(tmp_path: Path) -> None:
    """The commune's group of heads is on paper here: a kit that was handed over."""
    folder = make_commune(tmp_path / "xa", live=False)
    registry = folder / "commune.yaml"
    text = registry.read_text(encoding="utf-8").replace("platform: telegram", "platform: zalo", 1)
    registry.write_text(text, encoding="utf-8")
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run()
        relaying(app).received(links(app)["ap-1-head"], "ap-1", app.clock.now())
        assert states(app, "ap-1")["truong-ap"] is State.CONFIRMED
        assert states(app, "ap-1")["nhom-ap-1"] is State.SENT
        (piece,) = evidence(app)
        assert (piece.kind, piece.households) == (EvidenceKind.RECEIVED, None)


@pytest.mark.parametrize("households", ["nhiều", "-5", "101", "１２３", "9" * 9, OTHER])
def test_numbers_that_cannot_be_are_refused_in_words(
    households: str, app: App, phone: Phone
) -> None:
    answer = phone.post(f"{address(app)}/ap-1", data={"what": "relayed", "households": households})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<b>" not in answer.text
    assert evidence(app) == []


@pytest.mark.parametrize(
    ("typed", "kept"), [("khoảng 60", 60), ("~60", 60), ("６０ hộ", 60), ("Chừng 60 Hộ.", 60)]
)
def test_a_number_is_read_as_people_write_it(typed: str, kept: int, app: App, phone: Phone) -> None:
    form = {"what": "relayed", "households": typed}
    assert phone.post(f"{address(app)}/ap-1", data=form).status_code == 303
    assert [piece.households for piece in evidence(app)] == [kept]


@pytest.mark.parametrize("typed", ["60-70", "60 – 70 hộ", "khoảng 60 đến 70"])
def test_a_range_is_asked_for_one_number(typed: str, app: App, phone: Phone) -> None:
    answer = phone.post(f"{address(app)}/ap-1", data={"what": "relayed", "households": typed})
    assert answer.status_code == 422
    assert "write one number: the least that is sure, 60." in answer.text
    assert evidence(app) == []


def test_nothing_that_steers_a_terminal_is_kept_or_printed(app: App, phone: Phone) -> None:
    steering = "\x1b]0;HACK\x07\x00\u202e\x9b2J"
    form = {"what": "question", "text": f"xin{steering} hỏi"}
    assert phone.post(f"{address(app)}/ap-1", data=form).status_code == 303
    (word,) = app.ledger.relays.words()
    assert word.text == "xin]0;HACK2J hỏi"
    only = {"what": "question", "text": steering[0] + steering[-3]}
    assert phone.post(f"{address(app)}/ap-1", data=only).status_code == 422, "it says nothing"
    author = Author("tiem-phong", "ap-1", "ap-1-head")
    app.ledger.relays.write_down(author, WordKind.UNCLEAR, f"dạ{steering}", app.clock.now())
    assert "dạ]0;HACK2J" in [one.text for one in app.ledger.relays.words()]
    sealed = app.house.seal.close(f"cũ{steering}".encode())
    with app.ledger.database.write() as connection:
        connection.execute(update(relay_words).values(sealed=sealed))
    printed = CliRunner().invoke(build(), ["relay", "words", "-w", str(app.workspace)]).output
    assert "cũ]0;HACK2J" in printed
    assert not set(steering[:1] + steering[8:]) - set("2J") & set(printed)


def test_to_no_household_is_not_passed_on(
    app: App, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "vi")
    for households in ("0", "00 hộ"):
        form = {"what": "relayed", "households": households, "way": "door"}
        answer = phone.post(f"{address(app)}/ap-1", data=form)
        assert answer.status_code == 422
        assert "Nếu chưa chuyển được cho hộ nào, bấm “Chưa chuyển được”" in answer.text
    assert evidence(app) == []
    assert states(app, "ap-1")["nhom-ap-1"] is State.SENT


def test_two_people_who_differ_are_both_kept(app: App, phone: Phone) -> None:
    phone.post(f"{address(app)}/ap-1", data={"what": "relayed", "households": "90"})
    confirmed = relaying(app, with_deputy(app.registry))
    link = links(app, with_deputy(app.registry))["lan"]
    confirmed.passed_on(link, "ap-1", 40, Way.DOOR, app.clock.now())
    assert sorted((piece.by, piece.households) for piece in evidence(app)) == [
        ("ap-1-head", 90),
        ("lan", 40),
    ]


def test_a_number_is_corrected_and_a_word_taken_back(app: App, phone: Phone) -> None:
    for households in ("60", "20"):
        form = {"what": "relayed", "households": households, "way": "door"}
        phone.post(f"{address(app)}/ap-1", data=form)
    page = phone.get(address(app)).text
    assert "đã chuyển 60 hộ – đã báo lại sau đó" in page
    assert "đã chuyển 20 hộ</li>" in page
    assert "số mới thay số cũ" in page
    assert '<option value="door" selected>' in page, "the same way is at hand"
    for _time in range(2):
        form = {"what": "not_relayed", "text": "Bấm nhầm, chưa chuyển được."}
        assert phone.post(f"{address(app)}/ap-1", data=form).status_code == 303
    page = phone.get(address(app)).text
    assert "đã chuyển 20 hộ – đã báo lại sau đó" in page
    assert page.count(": chưa chuyển được</li>") == 1
    assert "số mới thay số cũ" not in page
    phone.post(f"{address(app)}/ap-1", data={"what": "relayed", "households": "20", "way": "door"})
    assert [(one.piece.households, one.holds) for one in judged(evidence(app))] == [
        (60, False),
        (20, False),
        (None, False),
        (20, True),
    ]


def test_a_deputy_who_denies_it_is_heard_beside_the_head(app: App, phone: Phone) -> None:
    phone.post(f"{address(app)}/ap-1", data={"what": "relayed", "households": "100"})
    link = links(app, with_deputy(app.registry))["lan"]
    said = relaying(app, with_deputy(app.registry))
    said.write(link, "ap-1", WordKind.NOT_RELAYED, "Chưa nhận được gì.", app.clock.now())
    assert "đã chuyển 100 hộ – có người nói chưa chuyển" in phone.get(address(app)).text
    (kept,) = commune_desk(app.house, app.ledger, ()).look()
    assert kept.notice.facts["disputed"] == "ap-1"
    assert "of ap-1 one says that it was passed on" in words_of(kept.notice)
    report = build_report(app.ledger, app.registry, "tiem-phong", app.clock.now())
    assert report.coverage.hamlets[0].covered == Bounds(0, 100)
    (line,) = report.not_passed_on
    assert line.startswith("Ấp 1: lan said at ")
    assert line.endswith("somebody else says it was: ask them")
    said.passed_on(link, "ap-1", 40, Way.DOOR, app.clock.now())
    (kept,) = commune_desk(app.house, app.ledger, ()).look()
    assert "disputed" not in kept.notice.facts, "he says so himself now"


def with_deputy(registry: Registry, hamlet: str = "ap-1", person: str = "lan") -> Registry:
    hamlets = tuple(
        replace(one, deputies=(person,)) if one.id == hamlet else one for one in registry.hamlets
    )
    return replace(registry, hamlets=hamlets)


def test_what_is_asked_waits_for_a_person_and_is_kept_sealed(app: App, phone: Phone) -> None:
    link = address(app)
    for what, text in (("question", f"Mấy giờ? {OTHER}"), ("not_relayed", "Đang lũ.")):
        for _time in range(2):
            assert phone.post(f"{link}/ap-1", data={"what": what, "text": text}).status_code == 303
    asked, why = sorted(app.ledger.relays.words(), key=lambda word: word.kind, reverse=True)
    assert (asked.text, why.text) == (f"Mấy giờ? {OTHER}", "Đang lũ.")
    (kept,) = commune_desk(app.house, app.ledger, ()).look()
    assert kept.notice.key == "relay-words:tiem-phong"
    assert "Đang lũ" not in str(kept.notice)
    assert "Đang lũ".encode() not in (app.workspace / "loa.db").read_bytes()
    assert app.ledger.relays.settle([asked.id, why.id], by="lan", at=app.clock.now()) == 2
    assert commune_desk(app.house, app.ledger, ()).look() == []
    (piece,) = evidence(app)
    assert (piece.kind, piece.by) == (EvidenceKind.NOT_RELAYED, "ap-1-head")
    assert states(app, "ap-1")["nhom-ap-1"] is State.SENT, "it confirms nothing"


def test_what_is_refused_stays_typed(app: App, phone: Phone) -> None:
    """Nobody writes a thousand letters on a phone twice."""
    long = "Bà con hỏi <b> " + "a" * 1_000
    answer = phone.post(f"{address(app)}/ap-1", data={"what": "question", "text": long})
    assert answer.status_code == 422
    assert answer.text.count(f"Bà con hỏi &lt;b&gt; {'a' * 1_000}</textarea>") == 1
    assert "<details open>" in answer.text
    form = {"what": "relayed", "households": "5000", "way": "door"}
    answer = phone.post(f"{address(app)}/ap-1", data=form)
    assert 'value="5000"' in answer.text
    assert '<option value="door" selected>' in answer.text
    assert "<details>" in answer.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"what": "x"},
        {"what": "question", "text": " \n "},
        {"what": "question", "text": "a" * 1_001},
        {"what": "relayed", "households": "5", "x": "y" * 30_000},
        {"what": "relayed", "households": "5", "way": "zzz"},
    ],
)
def test_other_forms_are_refused(form: dict[str, str], app: App, phone: Phone) -> None:
    assert phone.post(f"{address(app)}/ap-1", data=form).status_code == 422
    assert phone.post(f"{address(app)}/ap-1", json=form).status_code == 422
    assert phone.post(f"{address(app)}/ap-2", data={"what": "relayed"}).status_code == 422
    assert evidence(app) == []
    assert app.ledger.relays.words() == []


def test_forged_revoked_and_old_links_open_nothing(app: App, phone: Phone) -> None:
    link = address(app)
    token = link.rpartition("/")[2]
    swapped = f"{PREFIX}/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}"
    for wrong in (swapped, f"{PREFIX}/{token[:-2]}", f"{link}x", f"{PREFIX}/x", f"{PREFIX}/%00"):
        answer = phone.get(wrong)
        assert answer.status_code == 404
        assert "Không mở được" in answer.text
    assert app.ledger.relays.revoke("tiem-phong", "ap-1-head", at=app.clock.now(), by="lan") == 1
    (event,) = (one for one in app.ledger.views.events() if one.to_state == "relay_link_revoked")
    assert (event.actor, event.campaign_id, event.detail) == ("lan", "tiem-phong", "ap-1-head")
    assert phone.get(link).status_code == 404
    assert phone.post(f"{link}/ap-1", data={"what": "relayed"}).status_code == 404
    again = address(app)
    assert again != link
    assert phone.get(again).status_code == 200
    app.clock.advance_to(app.clock.now() + LIFE + timedelta(seconds=1))
    assert phone.get(again).status_code == 404


def test_guessing_is_slowed_down(app: App, phone: Phone) -> None:
    statuses = [phone.get(f"{PREFIX}/{number:034d}").status_code for number in range(20)]
    assert 429 in statuses
    assert phone.get(address(app)).status_code == 200, "who has a link is not held up"


def test_who_is_head_no_more_sees_nothing_of_the_hamlet(app: App, phone: Phone) -> None:
    link = address(app)
    folder = app.workspace
    text = (folder / "commune.yaml").read_text(encoding="utf-8")
    text = text.replace("head: {name: Giả Một}", "head: minh").replace("ap-1-head", "minh")
    (folder / "commune.yaml").write_text(text, encoding="utf-8")
    page = phone.get(link)
    assert app.ledger.registries.latest() == 2, "nobody else has read the file since"
    assert page.status_code == 200
    assert "Tiêm phòng lúc" not in page.text
    assert phone.post(f"{link}/ap-1", data={"what": "relayed"}).status_code == 422


def test_a_deputy_is_heard_while_the_file_says_so_and_one_with_faults_changes_nothing(
    app: App, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    file = app.workspace / "commune.yaml"
    text = file.read_text(encoding="utf-8")
    deputy = "head: {name: Giả Một}\n    deputies: [lan]"
    file.write_text(text.replace("head: {name: Giả Một}", deputy), encoding="utf-8")
    Communes.only(app).reread()
    registry = app.ledger.registries.load(app.ledger.registries.latest())
    (person,) = registry.hamlets_by_id["ap-1"].deputies
    link = f"{PREFIX}/{app.ledger.relays.token(links(app, registry)[person])}"
    assert "Tiêm phòng lúc" in phone.get(link).text
    assert phone.post(f"{link}/ap-1", data={"what": "relayed"}).status_code == 303
    report = build_report(app.ledger, registry, "tiem-phong", app.clock.now())
    assert {one.what for one in report.evidence} == {"the head's deputy relayed it"}
    told = [event.detail for event in app.ledger.views.events("tiem-phong")]
    assert "passed on (through his own link: in the chat group)" in told
    file.write_text(f"{text}\nhamlets: [", encoding="utf-8")
    for _twice in range(2):
        assert "Tiêm phòng lúc" in phone.get(link).text, "the last good registry holds"
    assert caplog.text.count("commune.yaml cannot be used as it is now") == 1
    file.write_text(text, encoding="utf-8")
    assert "Tiêm phòng lúc" not in phone.get(link).text
    assert phone.post(f"{link}/ap-1", data={"what": "relayed"}).status_code == 422


def test_a_head_of_two_hamlets_has_both_on_one_link(app: App) -> None:
    registry = with_deputy(app.registry, "ap-2", "ap-1-head")
    page = relaying(app, registry).page(links(app, registry)["ap-1-head"])
    assert [one.hamlet.id for one in page.hamlets] == ["ap-1", "ap-2"]
    assert ["7 giờ" in one.texts[0] for one in page.hamlets] == [True, False]


def test_what_was_cancelled_is_not_to_be_passed_on(app: App, phone: Phone) -> None:
    link = links(app)["ap-1-head"]
    app.office.submit(app.workspace / "campaigns" / "bao-lu.yaml", "lan")
    with pytest.raises(LoaError, match="nobody"):
        relaying(app).links("bao-lu", app.clock.now(), LIFE)
    assert relaying(app).page(link).hamlets[0].texts


def test_links_are_the_same_until_they_are_revoked(app: App) -> None:
    assert links(app) == links(app)
    assert set(links(app)) == {"ap-1-head", "ap-2-head"}
    assert all(
        re.fullmatch(r"[\w-]{34}", app.ledger.relays.token(one)) for one in links(app).values()
    )


def test_a_head_whose_hamlet_has_no_group_of_its_own_is_heard_all_the_same(tmp_path: Path) -> None:
    """He tells people at a meeting, or from door to door: his word is for the heads' message."""
    folder = make_commune(tmp_path / "xa", live=False)
    registry = folder / "commune.yaml"
    text = registry.read_text(encoding="utf-8").replace("platform: telegram", "platform: zalo")
    before, _group, rest = text.partition("    - id: nhom-ap-1\n")
    registry.write_text(before + rest[rest.index("    - id: nhom-ap-2") :], encoding="utf-8")
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run()
        pages = relay_router(RelayDesk(Communes.only(app)))
        form = {"what": "relayed", "households": "70", "way": "meeting"}
        for _twice in range(2):
            assert Phone(pages).post(f"{address(app)}/ap-1", data=form).status_code == 303
        (piece,) = evidence(app)
        assert (piece.kind, piece.households) == (EvidenceKind.RELAYED, 70)
        assert states(app, "ap-1")["truong-ap"] is State.CONFIRMED
        assert states(app, "ap-2")["truong-ap"] is State.SENT
