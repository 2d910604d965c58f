"""A commune that tells its heads by mail, through Apprise: states, rehearsal, and the secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commune import NOTICE, PASSPHRASE, make_commune
from support.mail_server import MailServer, mail_server

from engine.app import open_app
from engine.app.noticing import commune_desk
from engine.notices.words import what, what_to_do
from engine.states import State
from workers.embedded import EmbeddedRuntime

SECRET = "mat-khau-rat-kin"
ONLY_CHAT = "channels: {loudspeaker: false, flyer: false, portal: false, chat: true}\n"


def played(folder: Path, mail: MailServer, *, live: bool) -> tuple[State, str, str]:
    """Let a commune send a notice by mail; return its state, its reason, and its notices."""
    workspace = make_commune(folder, {"tiem-phong": NOTICE + ONLY_CHAT}, live=live)
    registry = workspace / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    text = text.replace("platform: telegram\n", "platform: email\n      backend: apprise\n", 1)
    registry.write_text(text.replace('"-100200300"', "thu_xa"), encoding="utf-8")
    (workspace / "thu.txt").write_text(mail.target(password=SECRET), encoding="utf-8")
    with (workspace / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write('[apprise.thu_xa]\nurl_file = "thu.txt"\n')
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(workspace / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run()
        row = next(
            row
            for row in app.ledger.views.deliveries("tiem-phong")
            if row.target == "truong-ap" and row.hamlet_id == "ap-1"
        )
        told = [kept.notice for kept in commune_desk(app.house, app.ledger, app.rehearsing).look()]
    return row.state, row.reason, "\n".join(what(one) + what_to_do(one) for one in told)


@pytest.mark.parametrize(
    ("live", "drops", "state", "mails"),
    [
        (False, False, State.PLANNED, 0),
        (True, False, State.SENT, 1),
        (True, True, State.UNCERTAIN, 1),
    ],
)
def test_a_mail_is_rehearsed_sent_or_in_doubt_and_its_address_is_nowhere(
    live: bool, drops: bool, state: State, mails: int, tmp_path: Path
) -> None:
    with mail_server() as mail:
        mail.drops_after = drops
        found, reason, notices = played(tmp_path / "xa", mail, live=live)
        assert (found, len(mail.taken)) == (state, mails)
    if drops:
        assert "does not say whether the message arrived" in reason
        assert "nobody can say whether" in notices
    for file in (tmp_path / "xa").rglob("*"):
        if file.is_file() and file.name != "thu.txt":
            assert SECRET.encode() not in file.read_bytes(), file
    assert SECRET not in notices
