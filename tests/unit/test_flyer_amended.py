"""A page that corrects another: it has a line more to say, and finds the room for it."""

from __future__ import annotations

import pytest
from support import paper
from support.builders import NOW, hamlet
from support.flyers import CHANNEL, SENTENCE, flyer, inputs_of, pdf_of

from channels.flyer import FlyerOptions
from channels.flyer.inputs import inputs_for
from channels.flyer.product import fault_of, render_flyer
from channels.flyer.products import Product
from engine.models import Content, Correction, Purpose

REASON = "giờ tiêm ghi sai, đúng là 7 giờ 30; xin bà con đến đúng giờ và mang đủ giấy tờ"
PAPERS = ("a6", "a5", "notice", "poster")


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def corrects(body: str, *products: str, **changes: object) -> Content:
    reason, title = changes.pop("reason", REASON), changes.pop("old", "Thông báo tiêm vắc xin")
    old = Correction(str(reason), NOW, 1, str(title), NOW, 1)
    options = FlyerOptions.model_validate({"products": products or ("a6",)})
    told = {"options": options, "purpose": Purpose.CORRECTION, "correction": old}
    return flyer(body=body, **{**told, **changes})


def filling(product: str) -> str:
    """Return the longest beginning of a text that fits on one page of a product."""
    body = (SENTENCE * 40).strip()
    fault = fault_of(inputs_for(flyer(body=body), hamlet(1), Product(product)))
    assert fault is not None
    return body[: -fault.cut].strip()


def fits(message: Content, product: str) -> bool:
    return fault_of(inputs_for(message, hamlet(1), Product(product))) is None


@pytest.mark.parametrize("product", PAPERS)
def test_what_fills_a_page_still_fits_with_an_ordinary_reason(product: str) -> None:
    body = filling(product)
    assert fits(flyer(body=body), product)
    message = corrects(body, product)
    assert fits(message, product)
    pdf = render_flyer(inputs_for(message, hamlet(1), Product(product))).data
    assert paper.pages(pdf) == 1
    assert paper.letters(REASON) in paper.letters(paper.text_of(pdf))
    assert paper.scanned(paper.in_grey(pdf)) == [message.permalink]
    assert min(paper.letter_sizes(pdf)) >= 8


def test_the_reason_stands_below_the_mark_and_the_title_is_said_once() -> None:
    said = paper.letters(paper.text_of(pdf_of(corrects(SENTENCE))))
    mark, why = "ĐÍNH CHÍNH", f"Đính chính thông báo ngày 01/12/2026: {REASON}."
    assert paper.letters(f"{mark}{why}Thông báo tiêm vắc xin Mời bà con") in said
    assert inputs_of(corrects(SENTENCE)).read_as().count("Thông báo tiêm vắc xin") == 1


def test_another_title_is_named_in_the_reason() -> None:
    note = inputs_of(corrects(SENTENCE, old="Tiêm phòng sởi")).note.replace("\u00a0", " ")
    assert note.startswith("Đính chính thông báo “Tiêm phòng sởi” ngày 01/12/2026: giờ tiêm")


def test_large_print_stays_large_whatever_the_reason_takes() -> None:
    pdf = pdf_of(corrects(SENTENCE * 4, "large"))
    assert min(paper.letter_sizes(pdf)) >= 18


def test_the_forecast_tells_which_product_has_no_room_and_what_must_go() -> None:
    body = filling("a6")
    message = corrects(body, "a6", "a5", reason=REASON * 4)
    forecast = CHANNEL.forecast(message, hamlet(1))
    (unfit,) = forecast.unfit
    assert (unfit.part, unfit.words) == ("a6", *forecast.breaches)
    assert "one A6 page at 9 points" in unfit.words
    assert 0 < unfit.cut < 300
    shorter = corrects(body[: -unfit.cut], "a6", "a5", reason=REASON * 4)
    assert CHANNEL.forecast(shorter, hamlet(1)).unfit == ()


def test_a_product_may_be_left_out_and_the_others_go() -> None:
    body = filling("a6")
    wish = {"products": ["a6", "notice", "a5"], "product_copies": {"a6": 9, "a5": 7}}
    options = FlyerOptions.model_validate(wish)
    left = options.without(("a6",))
    assert left is not None
    assert left.products == (Product.NOTICE, Product.A5)
    assert left.main is Product.A5
    assert left.product_copies == {Product.A5: 7}
    assert CHANNEL.forecast(corrects(body, reason=REASON * 4, options=left), hamlet(1)).unfit == ()
    assert options.without(("a6", "a5", "notice")) is None
    assert options.without(()) == options
