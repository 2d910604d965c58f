"""From an author's text to what a page may hold."""

from __future__ import annotations

import unicodedata

import pytest
from support.builders import AWKWARD

from channels.portal.text import Kind, blocks, excerpt, linked, one_line, phone_number, plain


def test_plain_text_is_composed_and_keeps_its_lines() -> None:
    decomposed = unicodedata.normalize("NFD", "Ấp Gò Dưa\r\ntiêm vắc xin\x85hết")
    assert plain(decomposed) == "Ấp Gò Dưa\ntiêm vắc xin\nhết"


@pytest.mark.parametrize(
    "mark",
    ["\x00", "\x08", "\x1b", "\x7f", "\ud800", "\ufdd0", "\ufffe", "\U0001ffff", "\ufeff"],
)
def test_what_xml_and_html_forbid_is_left_out(mark: str) -> None:
    assert plain(f"tiêm{mark} chủng") == "tiêm chủng"


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_marks_that_turn_the_reading_direction_are_left_out(mark: str) -> None:
    assert plain(f"100{mark}000 đồng") == "100000 đồng"


def test_emoji_with_joiners_survive() -> None:
    family = "👨\u200d👩\u200d👧 ⚠\ufe0f"
    assert plain(family) == family


def test_a_title_is_one_line() -> None:
    assert one_line(" Thông báo\n\tkhẩn ") == "Thông báo khẩn"


def test_paragraphs_and_lists_are_seen_in_plain_text() -> None:
    text = "Mời bà con.\nMang theo:\n- Sổ tiêm\n  của trẻ\n• Căn cước\n\n1. Lấy số\n3) Ký tên\nHết."
    found = blocks(text)
    assert [(block.kind, block.lines, block.numbers) for block in found] == [
        (Kind.PARAGRAPH, ("Mời bà con.", "Mang theo:"), ()),
        (Kind.BULLETS, ("Sổ tiêm của trẻ", "Căn cước"), ()),
        (Kind.NUMBERS, ("Lấy số", "Ký tên"), (1, 3)),
        (Kind.PARAGRAPH, ("Hết.",), ()),
    ]


@pytest.mark.parametrize(
    "line", ["*đậm* chữ", "-5 độ", "05.12.2026 là hạn", "7.30 sáng", "1.500.000 đồng", "=1+1"]
)
def test_what_only_looks_like_a_mark_stays_a_sentence(line: str) -> None:
    (block,) = blocks(line)
    assert (block.kind, block.lines) == (Kind.PARAGRAPH, (line,))


def test_no_word_is_lost_in_fifty_thousand_characters() -> None:
    text = "\n".join(f"- mục {n}\n\nđoạn {n} tiếp" for n in range(2500))
    words = [word for block in blocks(text) for line in block.lines for word in line.split()]
    assert words == [word for word in text.split() if word != "-"]


def test_an_excerpt_is_cut_between_words() -> None:
    assert excerpt("một hai ba bốn", 11) == "một hai ba…"
    assert excerpt("một\nhai", 11) == "một hai"
    assert len(excerpt("ă" * 500, 200)) == 200


def test_only_web_addresses_and_telephone_numbers_become_links() -> None:
    html = linked("Xem https://xa.example/a?b=1&c=2. Gọi 0272.3000.111 hoặc 1900 1234.")
    assert html == (
        'Xem <a href="https://xa.example/a?b=1&amp;c=2" rel="noopener nofollow">'
        "https://xa.example/a?b=1&amp;c=2</a>. "
        'Gọi <a class="tel" href="tel:02723000111">0272.3000.111</a> '
        'hoặc <a class="tel" href="tel:19001234">1900 1234</a>.'
    )


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://xa.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//xa.example",
        "https://",
        "https://co-quan.example@la.example/",
        "ftp://xa.example",
    ],
)
def test_no_other_address_is_ever_a_link(text: str) -> None:
    assert "<a" not in linked(text)


def test_a_link_never_leaves_its_quotes() -> None:
    html = linked("""https://xa.example/"onclick="x https://xa.example/'><script>x</script>""")
    assert "<script" not in html
    assert 'onclick="' not in html


def test_markup_of_every_format_stays_text() -> None:
    html = linked(AWKWARD)
    assert "<b>" not in html
    assert "&lt;b&gt;tiền&lt;/b&gt; &amp; &#34;thuốc&#34;" in html


@pytest.mark.parametrize("text", ["05.12.2026", "079123456789", "0900000", "1900 12345"])
def test_dates_and_other_numbers_are_not_dialled(text: str) -> None:
    assert phone_number(text) is None
    assert "tel:" not in linked(text)


def test_international_numbers_keep_their_plus() -> None:
    assert phone_number("+84 272 3000 111") == "+842723000111"
