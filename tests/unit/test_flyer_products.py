"""Every product of a campaign: its paper, its smallest letters, its header, its languages."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from pydantic import ValidationError
from support import paper
from support.builders import hamlet, registry
from support.flyers import CHANNEL, SENTENCE, flyer

from channels.base import ChannelError
from channels.flyer import FlyerOptions
from channels.flyer.inputs import inputs_for
from channels.flyer.options import copies_of
from channels.flyer.product import fault_of, render_flyer
from channels.flyer.products import Product
from channels.flyer.wording import ZERO_WIDTH, foreign
from engine.models import Content, HouseholdGroup, Priority, Signature, digest
from engine.models.facts import Facts

KHMER_TITLE = "ការចាក់វ៉ាក់សាំងការពារជំងឺកញ្ជ្រិលសម្រាប់កុមារ"
KHMER = "សូមអញ្ជើញមាតាបិតា នាំកូនទៅចាក់វ៉ាក់សាំង។\n\nពេលវេលា៖ ម៉ោង ៧ ព្រឹក ថ្ងៃទី ០៥ ខែធ្នូ ឆ្នាំ ២០២៦។"
SECOND = {"lang": "km", "title": KHMER_TITLE, "text": KHMER}
OFFICIAL = {
    "number": "12/TB-UBND",
    "date": "2026-12-01",
    "signed_for": "TM. Ủy ban nhân dân",
    "signer_title": "Chủ tịch",
    "signer": "Nguyễn Văn Mẫu",
    "recipients": ["Các ấp;", "Lưu: VT."],
}
FACTS = Facts(
    what=("Tiêm vắc xin",),
    who=("Trẻ 18 tháng",),
    when=("7 giờ 30, ngày 05/12/2026",),
    where=("Trạm Y tế xã",),
    bring=("Sổ tiêm",),
    contact=("Trạm Y tế, 0272.3000.111",),
)
SIZES = {
    "a5": (148, 210),
    "a6": (105, 148),
    "notice": (210, 297),
    "poster": (297, 420),
    "large": (210, 297),
    "bilingual": (210, 297),
}


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def everything(**changes: object) -> Content:
    official = {**OFFICIAL, "place": "Mẫu", "products": ["notice", "poster"]}
    options = FlyerOptions.model_validate(
        {"products": list(Product), "second_language": SECOND, "official": official}
    )
    return flyer(**{"options": options, "facts": FACTS, **changes})


def page(product: Product, message: Content | None = None) -> bytes:
    return render_flyer(inputs_for(message or everything(), hamlet(1), product)).data


@pytest.mark.parametrize("product", Product)
def test_each_is_one_page_of_its_paper_that_says_everything(product: Product) -> None:
    priority = Priority.ROUTINE if product in ("a6", "notice") else Priority.EMERGENCY
    pdf = page(product, everything(priority=priority))
    assert paper.pages(pdf) == 1
    assert paper.size_in_mm(pdf) == SIZES[product]
    assert paper.scanned(paper.in_grey(pdf)) == [everything().permalink]
    said = paper.letters(paper.text_of(pdf))
    wanted = ("Việc gì", "Tiêm vắc xin", "Trẻ 18 tháng", "7 giờ 30", "Ở đâu", "Sổ tiêm")
    for part in (*wanted, "Trạm Y tế, 0272.3000.111", "Có hiệu lực", "Ấp 1"):
        assert paper.letters(part) in said, part
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert page(product, everything(priority=priority)) == pdf


@pytest.mark.parametrize("product", Product)
def test_too_long_a_text_is_refused_with_what_must_go(product: Product) -> None:
    body = (SENTENCE * 600)[:9_000]
    message = everything(body=body)
    with pytest.raises(ChannelError) as caught:
        page(product, message)
    layout = product.layout
    assert f"one {layout.paper} page at {layout.smallest} points" in str(caught.value)
    cut = int(str(caught.value).split("cut ")[1].split()[0])
    assert fault_of(inputs_for(message, hamlet(1), product)) is not None
    assert page(
        product, everything(body=inputs_for(message, hamlet(1), product).paragraphs[0][:-cut])
    )


def test_the_plan_names_a_product_on_which_the_text_does_not_fit() -> None:
    message = flyer(
        body=SENTENCE * 12, options=FlyerOptions.model_validate({"products": ["a5", "a6"]})
    )
    (breach,) = CHANNEL.forecast(message, hamlet(1)).breaches
    assert "A6" in breach


@pytest.mark.parametrize("product", Product)
def test_no_letter_is_smaller_than_the_product_promises(product: Product) -> None:
    layout = product.layout
    least = min(layout.sizes[-1], layout.foot, layout.address, layout.contact, layout.destination)
    assert least >= 8
    if product is Product.LARGE:
        assert min(least, layout.head, layout.title[1]) >= 18


def test_large_print_really_is_large() -> None:
    """Measured on the page: from its printed letters, not from what the layout promises."""
    pdf = page(Product.LARGE)
    assert min(paper.letter_sizes(pdf)) >= 18
    assert min(paper.letter_sizes(page(Product.A5))) < 12


def test_the_official_header_has_the_parts_that_the_decree_names() -> None:
    said = paper.letters(paper.text_of(page(Product.NOTICE)))
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN XÃ MẪU",
        "Số: 12/TB-UBND",
        "Mẫu, ngày 01 tháng 12 năm 2026",
        "THÔNG BÁO",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Nguyễn Văn Mẫu",
        "Nơi nhận:",
        "- Các ấp;",
    ):
        assert paper.letters(part) in said, part
    assert paper.letters("CỘNG HÒA") not in paper.letters(paper.text_of(page(Product.A5)))


def test_the_place_is_the_communes_name_and_a_day_not_given_is_left_open() -> None:
    options = FlyerOptions.model_validate({"products": "notice", "official": {}})
    filled = options.in_commune(registry(), "")
    assert filled.official is not None
    assert filled.official.place == "Mẫu"
    said = paper.text_of(page(Product.NOTICE, flyer(options=filled)))
    assert paper.letters("Mẫu, ngày … tháng … năm 20…") in paper.letters(said)
    assert "Số:" not in said


def test_what_the_commune_says_of_its_documents_holds_where_a_campaign_says_nothing() -> None:
    known = Signature("Ủy ban tỉnh", "Tân Mẫu", "TM. Ủy ban", "Chủ tịch", "Trần Mẫu", ("Các ấp;",))
    told = {"official": {"number": "3/TB", "signer": "Lê Mẫu", "signer_title": "Phó Chủ tịch"}}
    official = FlyerOptions.model_validate(told).in_commune(registry(signature=known), "").official
    assert official is not None
    assert (official.number, official.place, official.superior) == (
        "3/TB",
        "Tân Mẫu",
        known.superior,
    )
    assert (official.signer, official.signer_title) == ("Lê Mẫu", "Phó Chủ tịch")
    assert (official.signed_for, official.recipients) == ("TM. Ủy ban", ("Các ấp;",))
    asked = FlyerOptions.model_validate({"official": True}).in_commune(registry(), "").official
    assert asked is not None
    assert FlyerOptions.model_validate({"official": False}).official is None


def test_the_other_language_is_shaped_and_tagged_as_what_it_is() -> None:
    pdf = page(Product.BILINGUAL)
    objects = paper.objects_of(pdf)
    assert re.search(rb"/Lang ?\(km", objects)
    assert re.search(rb"/Lang ?\(vi", objects)
    # A reader copies what is written before its consonant in another order; all is there.
    khmer = {c for c in KHMER_TITLE + KHMER if "\u1780" <= c <= "\u17ff"}
    assert khmer <= set(paper.text_of(pdf))


def test_khmer_lines_may_end_where_the_author_says_or_at_a_syllable() -> None:
    assert foreign("សូម\u200bអញ្ជើញ", "km") == "សូម\u200bអញ្ជើញ"
    broken = foreign(KHMER_TITLE, "km")
    assert broken.replace(ZERO_WIDTH, "") == KHMER_TITLE
    assert ZERO_WIDTH in broken
    for before, after in pairwise(broken):
        assert not (before == ZERO_WIDTH and "\u17b6" <= after <= "\u17d3")  # no sign alone
        assert not (before == "\u17d2" and after == ZERO_WIDTH)  # nor is a letter cut off below


def test_a_character_that_no_font_has_is_an_error_in_either_language() -> None:
    for text in ("ภาษาไทย", "Xin chào 😀", "𑄌𑄋𑄴"):
        options = FlyerOptions.model_validate(
            {"products": "bilingual", "second_language": {**SECOND, "text": text}}
        )
        with pytest.raises(ChannelError, match=r"U\+"):
            page(Product.BILINGUAL, flyer(options=options))


def test_too_long_a_text_in_the_other_language_is_said_of_that_language() -> None:
    options = FlyerOptions.model_validate(
        {"products": "bilingual", "second_language": {**SECOND, "text": KHMER * 60}}
    )
    with pytest.raises(ChannelError, match="second language does not fit") as caught:
        page(Product.BILINGUAL, flyer(options=options))
    assert caught.value.permanent


@pytest.mark.parametrize(
    "wrong",
    [
        {"products": []},
        {"products": ["a4"]},
        {"products": ["a5", "a5"]},
        {"products": ["bilingual"]},
        {"second_language": SECOND},
        {"products": ["bilingual"], "second_language": {**SECOND, "lang": "Khmer"}},
        {"product_copies": {"a6": 3}},
        {"product_copies": {"a5": -1}},
        {"product_copies": {"a5": "everybody"}},
        {"official": {"products": ["large"]}},
        {"official": {"colour": "red"}},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FlyerOptions.model_validate(wrong)


def test_copies_of_each_product_come_from_the_campaign_or_the_registry() -> None:
    options = FlyerOptions.model_validate(
        {
            "products": ["a5", "large", "notice", "poster"],
            "product_copies": {"large": "poor", "poster": 3},
        }
    )
    message = flyer(options=options)
    found = {one: copies_of(one, message, hamlet(1)) for one in options.products}
    assert found == {"a5": 100, "large": 10, "notice": 1, "poster": 3}
    assert CHANNEL.forecast(message, hamlet(1)).sheets == 50 + 10 + 1 + 3
    assert isinstance(options.product_copies[Product.LARGE], HouseholdGroup)


def test_the_first_for_households_stands_for_the_campaign() -> None:
    def main(*products: str) -> Product:
        return FlyerOptions.model_validate({"products": products}).main

    assert main("notice", "a6", "a5") == "a6"
    assert main("poster", "notice") == "poster"


def test_what_was_said_before_there_were_products_keeps_its_hash() -> None:
    plain = {"copies": 3, "copies_per_household": None, "bring": (), "show_hamlet": True}
    assert digest(FlyerOptions(copies=3)) == digest(plain)
    assert digest(FlyerOptions(copies=3)) != digest(FlyerOptions(copies=3, products=(Product.A6,)))


@pytest.mark.parametrize("text", ["x" * 50_000, "ا" * 50, "\u202eabc\u202c", "#panic()\n]#[", "ﷺ"])
def test_any_text_is_printed_or_refused_in_words(text: str) -> None:
    for product in (Product.A6, Product.BILINGUAL):
        inputs = inputs_for(everything(body=text), hamlet(1), product)
        fault = fault_of(inputs)
        if fault is None:
            assert paper.pages(render_flyer(inputs).data) == 1
        else:
            assert not fault.passing
            assert "LOA-" not in fault.in_words()


@pytest.mark.parametrize("product", [Product.POSTER, Product.A6, Product.LARGE])
@pytest.mark.parametrize(
    ("title", "whole"),
    [
        ("HỖ TRỢ 1.500.000.000 ĐỒNG CHO HỘ NGHÈO", ["1.500.000.000 ĐỒNG"]),
        ("Mời họp tại ấp Tân Phú Đông, xã Bình Hòa Hưng", ["Tân Phú Đông,", "Bình Hòa Hưng"]),
        ("Cảnh báo khẩn: nước lũ lên nhanh đêm nay", ["Cảnh báo khẩn:"]),
        ("Chúc mừng bà Nguyễn Thịhoangthuonguyen Phương", ["Thịhoangthuonguyen"]),
    ],
)
def test_no_line_of_a_title_ends_inside_what_a_line_holds(
    product: Product, title: str, whole: list[str]
) -> None:
    message = flyer(title=title, issuer="Trạm Y tế xã Bình Hòa Hưng", body=SENTENCE * 3)
    pdf = render_flyer(inputs_for(message, hamlet(1), product)).data
    read = paper.text_of(pdf).replace("\u00a0", " ").replace(ZERO_WIDTH, "")
    lines = read.splitlines()
    assert sum("BÌNH HÒA HƯNG" in line for line in lines[:3]) >= 1
    for words in whole:
        assert any(words in line for line in lines[1:6]), lines


def test_an_issuer_that_needs_two_lines_has_its_place_on_the_second() -> None:
    issuer = "Ban Chỉ huy Phòng thủ dân sự xã Bình Hòa Hưng"
    pdf = render_flyer(inputs_for(flyer(issuer=issuer), hamlet(1), Product.A6)).data
    lines = paper.text_of(pdf).replace("\u00a0", " ").splitlines()
    assert [line.strip() for line in lines[:2]] == [
        "BAN CHỈ HUY PHÒNG THỦ DÂN SỰ",
        "XÃ BÌNH HÒA HƯNG",
    ]
