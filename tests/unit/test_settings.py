"""Settings: the file, then the environment, then files that the environment names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.settings import Settings, SettingsError, load_settings


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "loa.toml").write_text(text, encoding=encoding)
    return folder


def places(caught: pytest.ExceptionInfo[SettingsError]) -> set[tuple[str, str]]:
    """Where each fault is: the last part of a path, or a variable, and the field."""
    return {(Path(fault.place).name, fault.field) for fault in caught.value.faults}


def test_a_workspace_without_settings_has_the_defaults_and_is_not_live(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert settings == Settings()
    assert not settings.live
    assert settings.clock.simulated is None


def test_the_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    write(tmp_path, "live = true\n[run]\nthreads = 2\n")
    settings = load_settings(tmp_path, {})
    assert settings.live
    assert settings.run.threads == 2
    assert settings.run.attempts == Settings().run.attempts


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    write(tmp_path, "live = true\n", encoding="utf-8-sig")
    assert load_settings(tmp_path, {}).live


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    write(tmp_path, "live = true\n[run]\nthreads = 2\nattempts = 9\n")
    settings = load_settings(tmp_path, {"LOA_LIVE": "false", "LOA_RUN_THREADS": "8"})
    assert not settings.live
    assert settings.run.threads == 8
    assert settings.run.attempts == 9


def test_a_section_that_the_file_lacks_can_come_from_the_environment(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"LOA_TELEGRAM_BASE_URL": "http://127.0.0.1:9"})
    assert settings.telegram.base_url == "http://127.0.0.1:9"


def test_a_secret_comes_from_the_file_that_the_environment_names(tmp_path: Path) -> None:
    secret = tmp_path / "ma-bot"
    secret.write_text("123:bia-ra\n", encoding="utf-8")
    settings = load_settings(tmp_path, {"LOA_TELEGRAM_TOKEN_FILE": str(secret)})
    assert settings.telegram.token == "123:bia-ra"


def test_a_secret_comes_from_the_file_that_the_settings_name(tmp_path: Path) -> None:
    write(tmp_path, '[telegram]\ntoken_file = "ma-bot"\n')
    (tmp_path / "ma-bot").write_text("123:bia-ra\r\n", encoding="utf-8")
    assert load_settings(tmp_path, {}).telegram.token == "123:bia-ra"


def test_a_token_in_the_environment_wins_over_a_file(tmp_path: Path) -> None:
    write(tmp_path, '[telegram]\ntoken_file = "khong-co"\n')
    settings = load_settings(tmp_path, {"LOA_TELEGRAM_TOKEN": "9:moi"})
    assert settings.telegram.token == "9:moi"


def test_a_secret_that_is_gone_is_its_own_accounts_fault(tmp_path: Path) -> None:
    (tmp_path / "co").write_text("bi-mat\n", encoding="utf-8")
    accounts = 'app_id = "1"\noa_id = "2"\napp_secret_file'
    write(
        tmp_path,
        '[telegram]\ntoken_file = "mat"\n[zalo_bot]\ntoken_file = "co"\n'
        f'[zalo.xa]\n{accounts} = "co"\n[zalo.khac]\n{accounts} = "mat"\n'
        '[apprise.thu]\nurl_file = "co"\n[apprise.tin]\nurl_file = "mat"\n',
    )
    found = load_settings(tmp_path, {})
    assert found.faulty_accounts.keys() == {"telegram", "zalo.khac", "apprise.tin"}
    secrets = found.zalo_bot.token, found.zalo["xa"].app_secret, found.apprise["thu"].url
    assert secrets == ("bi-mat",) * 3
    ((fault,), *_others) = found.faulty_accounts.values()
    assert (fault.place, fault.field) == (str(tmp_path / "mat"), "telegram")


def test_any_value_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "so").write_text("3\n", encoding="utf-8")
    settings = load_settings(tmp_path, {"LOA_RUN_THREADS_FILE": str(tmp_path / "so")})
    assert settings.run.threads == 3


@pytest.mark.parametrize("bytes_", [None, b"\xff\xfe"])
def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path, bytes_: bytes | None) -> None:
    secret = tmp_path / "ma-bot"
    if bytes_ is not None:
        secret.write_bytes(bytes_)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {"LOA_TELEGRAM_TOKEN_FILE": str(secret)})
    assert places(caught) == {("ma-bot", "")}


@pytest.mark.parametrize(
    "value", ['"2026-12-01T04:00:00+07:00"', "2026-12-01T04:00:00+07:00", "2026-11-30T21:00:00Z"]
)
def test_a_simulated_time_is_written_as_text_or_as_a_moment(tmp_path: Path, value: str) -> None:
    write(tmp_path, f"[clock]\nsimulated = {value}\n")
    found = load_settings(tmp_path, {}).clock.simulated
    assert found == datetime(2026, 11, 30, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize("value", ["2026-12-01T04:00:00", '"2026-12-01T04:00:00"', '"hôm nay"'])
def test_a_simulated_time_without_a_zone_is_refused(tmp_path: Path, value: str) -> None:
    write(tmp_path, f"[clock]\nsimulated = {value}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert places(caught) == {("loa.toml", "clock.simulated")}


def test_every_wrong_value_is_named_with_its_file_and_field(tmp_path: Path) -> None:
    write(
        tmp_path,
        'live = "có lẽ"\nmau = 1\n[run]\nthreads = 0\nattemps = 3\n'
        '[loudspeaker]\nregion = "west"\nloudness = -99\n',
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert places(caught) == {
        ("loa.toml", field)
        for field in (
            "live",
            "mau",
            "run.threads",
            "run.attemps",
            "loudspeaker.region",
            "loudspeaker.loudness",
        )
    }


def test_a_wrong_value_of_the_environment_is_named_by_its_variable(tmp_path: Path) -> None:
    write(tmp_path, "[run]\nthreads = 2\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {"LOA_RUN_THREADS": "nhiều"})
    assert {place for place, _field in places(caught)} == {"LOA_RUN_THREADS"}


def test_a_channels_retries_come_from_the_file_and_the_environment(tmp_path: Path) -> None:
    write(tmp_path, "[retries.chat]\nattempts = 3\nfirst_wait = 10\n")
    environ = {"LOA_RETRIES_CHAT_FIRST_WAIT": "20", "LOA_RETRIES_NOTICE_BOARD_ATTEMPTS": "9"}
    retries = load_settings(tmp_path, environ).retries
    assert (retries["chat"].attempts, retries["chat"].first_wait) == (3, 20)
    assert retries["notice_board"].attempts == 9


def test_a_wrong_value_for_a_channel_is_named(tmp_path: Path) -> None:
    write(tmp_path, "[retries.chat]\nattempts = 0\nfirst = 1\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {"LOA_RETRIES_FLYER_LONGEST_WAIT": "lâu"})
    assert places(caught) == {
        ("loa.toml", "retries.chat.attempts"),
        ("loa.toml", "retries.chat.first"),
        ("LOA_RETRIES_FLYER_LONGEST_WAIT", ""),
    }


@pytest.mark.parametrize("text", ["live = ", "live = true\nlive = false\n", "[run\n"])
def test_a_file_that_is_not_toml_is_refused_by_name(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert places(caught) == {("loa.toml", "")}


@pytest.mark.parametrize("section", ["run = 4\n", "clock = []\n"])
def test_a_value_where_a_section_belongs_is_refused(tmp_path: Path, section: str) -> None:
    write(tmp_path, section)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {"LOA_RUN_THREADS": "3"})
    assert places(caught) == {("loa.toml", section.split()[0])}


def test_a_folder_in_place_of_the_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "loa.toml").mkdir()
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert places(caught) == {("loa.toml", "")}


def test_an_announcement_may_name_the_station_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, '[programme]\nopening = "Đây là {station}."\nclosing = ""\n')
    assert load_settings(tmp_path, {}).programme.opening == "Đây là {station}."
    write(tmp_path, '[programme]\nopening = "Đây là {xa}."\nclosing = "}"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert places(caught) == {("loa.toml", "programme.opening"), ("loa.toml", "programme.closing")}
