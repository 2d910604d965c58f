"""Whatever is in a file, the only thing that comes out of loading is a value or InputError."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import builders
from support.campaign_files import OPTIONS

from campaigns.loader import load_campaign
from campaigns.registry_file import load_registry
from campaigns.sandbox import TemplateError
from campaigns.templating import MAX_TEXT, compile_template
from campaigns.workspace import EXAMPLE
from engine.errors import InputError, Problem

CAMPAIGN = (EXAMPLE / "campaigns" / "ho-tro-ho-ngheo.yaml").read_bytes()
COMMUNE = (EXAMPLE / "commune.yaml").read_bytes()
PIECES = [
    *[
        b"\t",
        b"\n",
        b"  ",
        b": ",
        b"- ",
        b"[",
        b"]",
        b"{",
        b"}",
        b"&a ",
        b"*a",
        b"!!x ",
        b"|",
        b">",
    ],
    *[b"'", b'"', b"#", b"---\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"{{ ", b" }}", b"{% if x %}"],
    *[b"no", b"~", b"5:30", b"-1", b"9" * 30, b"2026-99-99", b"<<: *a", b"? ", b"\\", b"%", b"@"],
]
POSITION = st.floats(0, 1, exclude_max=True)


@pytest.fixture(autouse=True, scope="module")
def _english() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOA_LANG", "en")
        yield


def mutated(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, removed, piece in changes:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + removed :]
    return data


def told(load: Callable[[], object]) -> Sequence[Problem]:
    try:
        load()
    except InputError as error:
        return error.problems
    return ()


def load_both(data: bytes) -> None:
    """Load ``data`` as a campaign and as a registry; anything but InputError is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_bytes(data)
        problems = [
            *told(lambda: load_campaign(path, builders.registry(), OPTIONS, builders.NOW)),
            *told(lambda: load_registry(path)),
        ]
    assert all(p.line >= 0 and p.column >= 0 and p.message for p in problems)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_load_or_are_told(data: bytes) -> None:
    load_both(data)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_random_text_loads_or_is_told(text: str) -> None:
    load_both(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([CAMPAIGN, COMMUNE]),
    st.lists(
        st.tuples(POSITION, st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=4)),
        min_size=1,
        max_size=5,
    ),
)
def test_a_damaged_file_loads_or_is_told(
    data: bytes, changes: list[tuple[float, int, bytes]]
) -> None:
    load_both(mutated(data, changes))


KEYS = st.sampled_from(
    [
        "id",
        "title",
        "issuer",
        "priority",
        "audience",
        "valid",
        "contact",
        "text",
        "values",
        "hamlets",
        "schedule",
        "attachments",
        "channels",
        "enabled",
        "audio",
        "loudspeaker",
        "from",
        "until",
        "dates",
        "times",
        "days",
        "to",
        "ap-1",
        "households",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, TREES, max_size=8))
def test_any_tree_of_known_keys_loads_or_is_told(tree: dict[str, object]) -> None:
    load_both(json.dumps(tree).encode())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "{{",
                "}}",
                "{%",
                "%}",
                "a",
                "b.c",
                "|",
                "money",
                "join",
                "(",
                ")",
                "[",
                "]",
                "if",
                "for",
                "in",
                "endif",
                "endfor",
                "'",
                ".",
                ",",
                "1",
                "-",
                "*",
            ]
        )
        | st.text(max_size=4),
        max_size=15,
    ),
    st.dictionaries(st.sampled_from(["a", "b"]), LEAVES | st.lists(st.integers()), max_size=2),
)
def test_any_template_renders_within_the_limit_or_is_told(
    words: list[str], values: dict[str, object]
) -> None:
    try:
        text = compile_template(" ".join(words)).render(values)
    except TemplateError as error:
        text, place = "", (error.line, error.column)
    else:
        place = (1, 1)
    assert len(text) <= MAX_TEXT
    assert min(place) >= 1
