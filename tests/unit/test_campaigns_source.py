import os
import unicodedata
from pathlib import Path

import pytest
from support.campaign_files import CAMPAIGN, load, told

from campaigns.source import MAX_BYTES, read_source
from campaigns.tree import MAX_DEPTH
from engine.errors import InputError


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


#: What YAML 1.1 readers take for booleans, numbers, times, dates and merge keys.
WORDS = [
    "no",
    "yes",
    "on",
    "off",
    "y",
    "No",
    "True",
    "5:30",
    "1:2:3",
    "2026-12-01",
    "0123",
    "0x1F",
    "0o17",
    "1e3",
    "500.000",
    "1_000",
    ".inf",
    "+84912",
    "12345678901234567890",
    "=",
    "<<",
]


def values(folder: Path, text: str) -> dict[str, object]:
    path = folder / "x.yaml"
    path.write_bytes(text.encode())
    return dict(read_source(path).root.plain())


@pytest.mark.parametrize(
    "word",
    WORDS,
)
def test_words_that_other_yaml_readers_change_stay_text(tmp_path: Path, word: str) -> None:
    assert values(tmp_path, f"a: {word}\nb: [{word}]\n{word}: 1\n") == {
        "a": word,
        "b": [word],
        word: 1,
    }


def test_only_true_false_plain_whole_numbers_and_nothing_are_no_text(tmp_path: Path) -> None:
    text = "a: true\nb: false\nc: 120\nd: -5\ne: ~\nf:\ng: '120'\nh: \"true\"\n"
    expected = {"a": True, "b": False, "c": 120, "d": -5, "e": None, "f": None}
    assert values(tmp_path, text) == {**expected, "g": "120", "h": "true"}


def test_decomposed_text_becomes_composed_in_keys_values_and_escapes(tmp_path: Path) -> None:
    nfd = unicodedata.normalize("NFD", "Ấp Thông báo")
    found = values(tmp_path, f'{nfd}: {nfd}\nb: |\n  {nfd}\nc: "a\\u0301"\n')
    assert found == {"Ấp Thông báo": "Ấp Thông báo", "b": "Ấp Thông báo\n", "c": "á"}


def test_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain = load(tmp_path, CAMPAIGN).campaign
    windows = b"\xef\xbb\xbf" + CAMPAIGN.replace("\n", "\r\n").encode()
    assert load(tmp_path, windows).campaign == plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"- a\n- b\n", "1:1: the file holds a list; it must hold keys, for example: title: …"),
        (b"hello\n", "1:1: the file holds only a text; it must hold keys, for example: title: …"),
        (b"a: 1\n\tb: 2\n", "2:1: a tab stands in the indentation; use spaces"),
        (b"a:\n  b: |\n  \tc\n", "3:3: a tab stands in the indentation; use spaces"),
        (b"a: 1\n---\nb: 2\n", "2:1: a second document begins here; one file holds one"),
        (
            b"a: !!python/object:os.system x\n",
            "1:4: the tag tag:yaml.org,2002:python/object:os.system is not allowed; delete it",
        ),
        (b"a: !env SECRET\n", "1:4: the tag !env is not allowed; delete it"),
        (b"a: !!str 5\n", "1:4: the tag tag:yaml.org,2002:str is not allowed; delete it"),
        (b"!!a b: 1\n", "1:1: a key must be a plain word, without & or !"),
        (b"'': 1\n", "1:1: a key is missing before the colon"),
        (
            b"a: {{ x }}\n",
            "1:5: a key must be a word; put a text that begins with { or [ in quotes",
        ),
        (b"a: *b\n", "1:4: *b refers to nothing above it; text that begins with * needs quotes"),
        (b"a: 'b\n\n", "1:4: this quote is never closed"),
        (b'a: "b\\q"\n', "1:6: a \\ in double quotes must be written \\\\, or use single quotes"),
        (
            "a: Thông báo: họp\n".encode(),
            "1:13: a colon cannot stand here; put the value in quotes, or mend the indentation",
        ),
        (b"a: @b\n", "1:4: a value cannot begin with this character; put it in quotes"),
        (b"a: [1, 2\nb: 3\n", "2:2: this is not YAML"),
        (b"a: 1\nb\n", "3:1: a key must be followed by a colon and a space"),
        ("title: Thông báo\n".encode("utf-16"), "1:1: the file is saved as UTF-16"),
        ("a: 1\ntitle: Thông báo\n".encode("cp1258", "replace"), "2:10: byte 0xF4 is not UTF-8"),
        (b"a: 1\nb: x\x07y\n", "2:5: the invisible character U+0007 is not allowed; delete it"),
        (b"a\x00: 1\n", "1:2: the invisible character U+0000 is not allowed; delete it"),
        ("a: x\u202ey\n".encode(), "1:5: the invisible character U+202E is not allowed"),
        ("a: 1\nb: \u2028\n".encode(), "2:4: the invisible character U+2028 is not allowed"),
        (b'a: "x\\u202ey"\n', "1:4: the invisible character U+202E is not allowed"),
        (b'a: "x\\0y"\n', "1:4: the invisible character U+0000 is not allowed"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(
    tmp_path: Path, text: bytes, expected: str
) -> None:
    assert any(line.startswith(expected) for line in told(tmp_path, text)), told(tmp_path, text)


def test_a_key_given_twice_is_a_fault_beside_all_others(tmp_path: Path) -> None:
    found = told(tmp_path, CAMPAIGN + "title: Khác\npriorty: routine\n")
    assert found[0] == "6:1: title: this key was already given on line 2; keep one of them"
    assert found[1].startswith('7:1: priorty: there is no key "priorty" (did you mean "priority"?)')


def test_a_file_of_ten_megabytes_is_refused_without_being_parsed(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.write(b"[" * 100)
        file.truncate(10_000_000)
    with pytest.raises(InputError) as error:
        read_source(path)
    assert (
        str(error.value) == f"{path}: the file has 10000000 bytes, at most {MAX_BYTES} are allowed"
    )


def test_nesting_is_bounded(tmp_path: Path) -> None:
    values(tmp_path, "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert told(tmp_path, "a: " + "[" * 500_000) == [
        f"1:{4 + MAX_DEPTH - 1}: values are nested more than {MAX_DEPTH} deep"
    ]


def test_a_bomb_of_aliases_is_refused_and_a_few_aliases_are_not(tmp_path: Path) -> None:
    assert values(tmp_path, "a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert told(tmp_path, "\n".join(lines)) == ["4:45: aliases (*a2) repeat more than 10000 values"]


def test_an_alias_to_itself_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, "a: &a [*a]\n") == [
        "1:8: *a refers to nothing above it; text that begins with * needs quotes"
    ]


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for name in ("pipe.yaml", "folder.yaml", "absent.yaml", "a\0b", "a" * 300):
        with pytest.raises(InputError):
            read_source(tmp_path / name)


def test_a_place_in_a_text_is_found_in_blocks_and_in_single_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: |2\n\n    hai\n  ba\nb: 'một'\nc: hai\nd: >\n  gấp\n  lại\n")
    source = read_source(path)
    places = {
        ("a", 2, 3): (3, 5),
        ("a", 3, 1): (4, 3),
        ("b", 1, 2): (5, 6),
        ("c", 1, 2): (6, 5),
        ("d", 1, 2): (7, 4),
    }
    for (key, line, column), place in places.items():
        mark = source.text_mark((key,), line, column)
        assert (mark.line, mark.column) == place, key
