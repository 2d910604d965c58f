"""The second language of a flyer: filled in for each hamlet as the campaign's own text is."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.builders import NOW, registry
from support.campaign_files import CAMPAIGN
from support.flyers import CHANNEL

from campaigns.loader import load_campaign
from channels.flyer import FlyerOptions
from channels.flyer.inputs import inputs_for
from channels.flyer.product import fault_of
from channels.flyer.products import Product
from engine.errors import InputError
from engine.models import Campaign
from engine.planner.compose import Composer

FLYER = """\
hamlets: {ap-1: {gio: "7"}, ap-2: {gio: "8"}, ap-3: {gio: "8"}}
channels:
  flyer:
    products: [a5, bilingual]
    second_language:
      lang: km
      title: ចាក់វ៉ាក់សាំង {{ hamlet.name }}
      text: "ម៉ោង {{ gio }} ព្រឹក"
"""


def read(folder: Path, more: str) -> Campaign:
    path = folder / "c.yaml"
    path.write_text(CAMPAIGN + more, encoding="utf-8")
    return load_campaign(path, registry(3), {"flyer": FlyerOptions}, NOW).campaign


def test_each_hamlet_reads_its_own_hour_in_the_other_language(tmp_path: Path) -> None:
    places = registry(3)
    composer = Composer(read(tmp_path, FLYER), places, {"flyer": CHANNEL})
    pages = [
        inputs_for(composer.content("flyer", one).content, one, Product.BILINGUAL)
        for one in places.hamlets
    ]
    others = [page.other for page in pages]
    assert [one and one.body for one in others] == ["ម៉ោង 7 ព្រឹក", "ម៉ោង 8 ព្រឹក", "ម៉ោង 8 ព្រឹក"]
    assert [one and one.title.split()[-1] for one in others] == ["1", "2", "3"]
    assert all(fault_of(page) is None for page in pages)


def test_hamlets_with_the_same_values_share_what_is_printed(tmp_path: Path) -> None:
    same = FLYER.replace(" {{ hamlet.name }}", "") + "    text: Như nhau.\n"
    composer = Composer(read(tmp_path, same), registry(3), {"flyer": CHANNEL})
    hashes = [composer.content("flyer", one).hash for one in registry(3).hamlets]
    assert hashes[0] != hashes[1] == hashes[2]


def test_a_variable_without_a_value_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    with pytest.raises(InputError, match=r'channels\.flyer\.second_language\.text.*"giờ"|"gios"'):
        read(tmp_path, FLYER.replace("{{ gio }}", "{{ gios }}"))
