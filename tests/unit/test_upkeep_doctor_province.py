"""The doctor where there is no commune's own file: a province's folder, a machine of many."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support.commune import loa
from support.doctor import seen, telegram, workspace
from support.fake_telegram import TOKEN, FakeTelegram

__all__ = ["telegram", "workspace"]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def province(tmp_path: Path) -> Path:
    example = Path(__file__).parents[2] / "campaigns" / "examples" / "tinh-mau"
    return Path(shutil.copytree(example, tmp_path / "tinh"))


def test_a_provinces_folder_is_looked_at_as_such(province: Path) -> None:
    assert "look: the registry has no commune yet" in seen(province, "registry")
    tables = (province / "danh-sach-ap.csv", province / "danh-sach-xa.csv")
    assert loa("registry", "import", *tables, cwd=province).returncode == 0
    assert seen(province, "registry") == "fine: province.yaml: Tỉnh Mẫu, 3 communes in the registry"
    (province / "loa.db").write_bytes(b"x" * 5000)
    assert seen(province, "registry") == "fine: province.yaml: Tỉnh Mẫu"
    file = province / "province.yaml"
    file.write_text(file.read_text("utf-8").replace("id: ha", "id: Hà"), "utf-8")
    assert re.search(r"bad: .*province\.yaml:\d+:\d+: people", seen(province, "registry"))


def test_a_bot_is_asked_where_the_registries_are_in_the_ledger(
    province: Path, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "telegram" not in seen(province, "channels")
    monkeypatch.setenv("LOA_TELEGRAM_TOKEN", TOKEN)
    assert "fine: chat/telegram" in seen(province, "channels")
    assert not telegram.accepted()


def test_a_machine_of_many_communes_lacks_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loa.toml").touch()
    assert seen(tmp_path, "registry").startswith("look: there is no commune.yaml")
    monkeypatch.setenv("LOA_LEDGER_URL", "postgresql://127.0.0.1:9/loa")
    assert seen(tmp_path, "registry").startswith("fine: there is no commune.yaml")
