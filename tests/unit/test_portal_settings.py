"""[portal] in loa.toml: what is set wrongly is told with its name, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import builders
from support.commune import loa, make_commune
from support.portals import PortalOptions

from channels.portal.publishing import Publishing
from engine.app.channels import NothingRemembered, build_channels
from engine.errors import LoaError
from engine.settings import load_settings

WORDPRESS = """
[portal.wordpress]
url = "https://xa-mau.example/"
user = "loa"
password = "x"
"""


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def refused(folder: Path, text: str, *, several: bool = False) -> str:
    """Return why channels cannot be built from such settings; "" when they can."""
    (folder / "loa.toml").write_text(text, encoding="utf-8")
    own = folder / "xa" if several else folder
    settings = load_settings(folder, {})
    try:
        build_channels(settings, own, NothingRemembered(), commune_id="xa-mau", workspace=folder)
    except LoaError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[portal]\nbackends = ["wordpress"]', "[portal.wordpress]: write url"),
        (WORDPRESS.replace('user = "loa"', ""), "[portal.wordpress]: write user"),
        (WORDPRESS.replace('password = "x"', ""), "[portal.wordpress]: write password_file"),
        (WORDPRESS.replace("https", "http"), '[portal.wordpress] url: found "http://xa-mau'),
        (WORDPRESS.replace("https://", "https://loa:mk@"), "without user"),
        (WORDPRESS.replace("https://xa-mau.example", "http://127.0.0.1.xau.example"), "found"),
        ('[portal]\nbackends = ["static", "static"]', "static stands there twice"),
        ('[portal]\nbackends = ["webhook"]', "[portal.webhook]: write url"),
        (
            '[portal.webhook]\nurl = "https://x.example"\nsecret = "ngan"',
            "4 letters are too few; at least 16",
        ),
        (
            '[portal]\nbackends = ["webhook"]\n[portal.webhook]\nurl = "https://x.example"\n'
            'secret = "mot-khoa-ky-dai-va-kin"\nmedia = "link"',
            "needs static",
        ),
    ],
)
def test_what_is_missing_or_unsafe_is_named(tmp_path: Path, text: str, told: str) -> None:
    assert told in refused(tmp_path, text)


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    assert refused(tmp_path, WORDPRESS) == ""
    for address in ("http://localhost:8080", "http://127.0.0.1/tin", "http://[::1]:80"):
        assert refused(tmp_path, WORDPRESS.replace("https://xa-mau.example/", address)) == ""


def test_several_communes_are_kept_apart(tmp_path: Path) -> None:
    assert "put {commune} in url or slug" in refused(tmp_path, WORDPRESS, several=True)
    for apart in (
        WORDPRESS.replace("https://xa-mau", "https://{commune}"),
        WORDPRESS + 'slug = "{commune}-{campaign}"\n',
    ):
        assert refused(tmp_path, apart, several=True) == ""


def test_secrets_come_from_files_and_variables_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "mk").write_text("bi mat\n")
    text = WORDPRESS.replace('password = "x"', 'password_file = "mk"')
    (tmp_path / "loa.toml").write_text(text)
    settings = load_settings(tmp_path, {})
    assert settings.portal.wordpress.password == "bi mat"
    variable = {"LOA_PORTAL_WORDPRESS_PASSWORD_FILE": str(tmp_path / "mk")}
    (tmp_path / "loa.toml").write_text(WORDPRESS.replace('password = "x"', ""))
    settings = load_settings(tmp_path, variable)
    assert settings.portal.wordpress.password == "bi mat"
    assert "bi mat" not in repr(settings)


def test_a_check_names_file_line_and_key(tmp_path: Path) -> None:
    workspace = make_commune(tmp_path / "xa")
    own = (workspace / "loa.toml").read_text()
    (workspace / "loa.toml").write_text(own + '[portal]\nbackends = ["facebook"]\n')
    done = loa("check", "-w", workspace)
    assert done.returncode == 1
    said = " ".join((done.stdout + done.stderr).split())
    assert "loa.toml:" in said
    assert "portal.backends" in said
    assert "wordpress" in said
    (workspace / "loa.toml").write_text(own + '[portal]\nbackends = ["wordpress"]\n')
    done = loa("check", "-w", workspace)
    assert done.returncode == 1
    assert "[portal.wordpress]: write url" in done.stdout + done.stderr


def test_a_portal_id_that_loa_keeps_is_refused_at_its_line(tmp_path: Path) -> None:
    workspace = make_commune(tmp_path / "xa")
    registry = workspace / "commune.yaml"
    registry.write_text(registry.read_text().replace("id: cong", "id: wordpress"))
    done = loa("check", "-w", workspace)
    assert done.returncode == 1
    assert "commune.yaml:" in done.stdout + done.stderr
    assert "portal.id" in done.stdout + done.stderr


def test_the_first_portal_holds_the_address_behind_qr_codes() -> None:
    registry = builders.registry()
    plain = Publishing(("wordpress", "static"))
    assert plain.address(registry, "hop-dan") == "https://xa-mau.example/hop-dan/"
    own = Publishing(permalink="{portal}/tin/{commune}-{campaign}/")
    assert own.address(registry, "hop-dan") == "https://xa-mau.example/tin/xa-mau-hop-dan/"
    assert PortalOptions.takes_attachments
