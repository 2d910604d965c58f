"""A text said to fit because another like it does, really fits; and few are typeset for that."""

from __future__ import annotations

import random
import struct

import pytest
from support.flyers import SENTENCE, flyer, inputs_of

from channels.flyer import envelope as tested
from channels.flyer import product
from channels.flyer.envelope import Envelope, shape_of
from channels.flyer.inputs import FlyerInputs
from channels.flyer.product import fault_of, render_flyer
from channels.typesetting import font


def at_hamlet(number: int, length: int) -> FlyerInputs:
    """Return a long notice with an hour and a place of the hamlet's own, made up by number."""
    made_up = random.Random(number)
    place = " ".join(made_up.choice(("WWWWW", "Mỹ", "i", "Bình", "An")) for _word in range(12))
    hour = f"{made_up.randrange(24)} giờ {made_up.randrange(60)}"
    return inputs_of(
        flyer(body=f"{(SENTENCE * 30)[:length]} Lúc {hour} tại {place}, bàn {number}.")
    )


@pytest.fixture
def typeset(monkeypatch: pytest.MonkeyPatch) -> list[FlyerInputs]:
    """What is typeset from here on."""
    real, seen = product._typeset, list[FlyerInputs]()

    def noted(inputs: FlyerInputs) -> object:
        seen.append(inputs)
        return real(inputs)

    monkeypatch.setattr(product, "_typeset", noted)
    product._envelope.cache_clear()
    product._fault_of_text.cache_clear()
    return seen


def test_texts_of_many_hamlets_are_judged_by_a_few(typeset: list[FlyerInputs]) -> None:
    assert [fault_of(at_hamlet(number, 800)) for number in range(500)] == [None] * 500
    assert len(typeset) < 30


@pytest.mark.parametrize("length", range(1_540, 1_640, 20))
def test_what_is_said_to_fit_can_be_printed(typeset: list[FlyerInputs], length: int) -> None:
    hamlets = [at_hamlet(number, length) for number in range(16)]
    fitting = [inputs for inputs in hamlets if fault_of(inputs) is None]
    assert all(render_flyer(inputs).data for inputs in fitting)


def test_what_does_not_fit_is_still_said_of_each(typeset: list[FlyerInputs]) -> None:
    assert all(fault_of(at_hamlet(number, 3_000)) for number in range(3))


@pytest.mark.parametrize("word", ["———", "ｗｗｗ", "w" * 12, "(a", "ǆ", "!", ""], ids=repr)
def test_words_that_may_be_wider_than_they_look_are_left_to_typesetting(word: str) -> None:
    known = Envelope()
    known.learn("Lúc bảy giờ")
    assert not known.covers(f"Lúc {word} giờ", lambda _text: True)


def test_no_letter_that_is_let_through_is_wider_than_the_widest() -> None:
    widths = {c: width for c, width in advances().items() if tested._is_slim("a" + c)}
    assert len(widths) > 200
    # The m with a dot below or above is an m; Vietnamese has none of them.
    assert max(widths.values()) == widths[tested._WIDEST]


def advances() -> dict[str, int]:
    """Return how wide each character is: OpenType's tables cmap (format 12), hhea and hmtx."""
    data = font.UPRIGHT.read_bytes()
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * i) for i in range(40))
    table = {tag: offset for tag, _sum, offset, _length in records}
    cmap, last = table[b"cmap"], struct.unpack_from(">H", data, table[b"hhea"] + 34)[0] - 1
    offsets = (struct.unpack_from(">4xI", data, cmap + 4 + 8 * i)[0] for i in range(5))
    groups = next(cmap + o for o in offsets if struct.unpack_from(">H", data, cmap + o)[0] == 12)
    found: dict[str, int] = {}
    for i in range(struct.unpack_from(">I", data, groups + 12)[0]):
        first, end, glyph = struct.unpack_from(">III", data, groups + 16 + 12 * i)
        for code in range(first, end + 1):
            place = table[b"hmtx"] + 4 * min(glyph + code - first, last)
            found[chr(code)] = struct.unpack_from(">H", data, place)[0]
    return found


def test_a_line_that_begins_otherwise_is_of_another_shape() -> None:
    assert shape_of("Mang theo:\n- sổ") != shape_of("Mang theo:\nx sổ")


def test_an_envelope_that_is_full_asks_no_more() -> None:
    known, asked = Envelope(), list[str]()
    known.learn("Lúc bảy giờ")

    def too_wide(text: str) -> bool:
        asked.append(text)
        return False

    assert not known.covers("Lúc mười giờ", too_wide)
    assert not known.covers("Lúc tám giờ", too_wide)
    assert len(asked) == 1
