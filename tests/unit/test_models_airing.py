"""What goes over the wire to players has one meaning, and nobody else can have signed it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import airing
from support.airing import KEY, cancel, item, messages, programme, sound

from engine.models.airing import (
    MAX_PAYLOAD,
    Message,
    Programme,
    ServerTime,
    WireError,
    decode,
    encode,
)
from engine.models.enrolment import Code
from engine.models.envelope import Envelope, PublicKey, SignatureError, SigningKey

KEYS = {KEY.public.id: KEY.public}


@pytest.fixture(scope="module", autouse=True)
def in_english() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOA_LANG", "en")
        yield


@given(messages())
def test_what_is_written_is_read_as_it_was(message: Message) -> None:
    assert decode(encode(message)) == message
    assert encode(decode(encode(message))) == encode(message)


@given(messages())
def test_what_was_signed_is_opened_with_the_key_that_is_trusted(message: Message) -> None:
    wire = json.loads(json.dumps(KEY.sign(message).as_json()))
    assert Envelope.from_json(wire).opened(KEYS) == message


@given(messages(), st.data())
def test_one_changed_bit_anywhere_is_refused(message: Message, data: st.DataObject) -> None:
    envelope = KEY.sign(message)
    whole = envelope.payload + envelope.signature
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    spoiled = bytearray(whole)
    spoiled[bit // 8] ^= 1 << bit % 8
    size = len(envelope.payload)
    forged = Envelope(bytes(spoiled[:size]), bytes(spoiled[size:]), envelope.key)
    with pytest.raises(SignatureError, match="altered"):
        forged.opened(KEYS)


def test_another_key_is_refused_by_its_name_and_under_the_trusted_ones_name() -> None:
    other = SigningKey.made()
    envelope = other.sign(programme())
    with pytest.raises(SignatureError, match=f"{other.public.id}.*trusted: {KEY.public.id}"):
        envelope.opened(KEYS)
    posing = Envelope(envelope.payload, envelope.signature, KEY.public.id)
    with pytest.raises(SignatureError, match="altered"):
        posing.opened(KEYS)
    with pytest.raises(SignatureError, match="trusted: -"):
        envelope.opened({})


def test_the_signature_is_ed25519_as_the_standard_has_it() -> None:
    """RFC 8032, section 7.1, test 1: the empty message."""
    secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    key = SigningKey(bytes.fromhex(secret))
    assert key.public.raw.hex() == public
    assert key.public.signed(b"", bytes.fromhex(signature))
    assert not key.public.signed(b" ", bytes.fromhex(signature))
    assert key.raw.hex() == secret


def test_the_canonical_bytes_stay_what_players_in_the_field_know() -> None:
    time = ServerTime("0123456789abcdef", airing.SLOT)
    assert encode(time) == (
        b'{"at":"2026-12-01T05:00:00+07:00","kind":"time","nonce":"0123456789abcdef"}'
    )
    assert encode(cancel()).decode() == (
        '{"cluster":"cum-1","commune":"binh-hoa-hung","kind":"cancel",'
        '"made_at":"2026-12-01T04:40:00+07:00","sequence":1796000000001,'
        '"slot":"2026-12-01T05:00:00+07:00","version":2}'
    )
    plain = json.loads(encode(programme()))
    assert plain["items"][0] == {
        "title": "Lịch tiêm chủng tháng 12",
        "campaign": "tin-1",
        "priority": "routine",
        "purpose": "notice",
        "hamlets": ["ap-1", "ap-2"],
        "starts": None,
        "file": "2026-12-01/0500-routine-tin-1.mp3",
        "sha256": sound().sha256,
        "size": 5,
        "seconds": 12.0,
    }
    assert (plain["opening"], plain["closing"], plain["repeat_seconds"]) == (None, None, None)


def test_sounds_come_in_the_order_in_which_they_play() -> None:
    first, last = sound(b"first"), sound(b"last")
    whole = programme(opening=first, closing=last, items=(item(), item(sound=sound(b"2"))))
    assert whole.sounds() == (first, sound(), sound(b"2"), last)
    assert programme().sounds() == (sound(),)
    bridged = programme(bridge=last, items=(item(), item(sound=sound(b"2")), item()))
    assert bridged.sounds() == (sound(), last, sound(b"2"), last, sound())


MISSING = object()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["kind"], "alarm", "kind: 'alarm' is not allowed; allowed: programme, cancel, time"),
        (["kind"], MISSING, "kind is missing"),
        (["cluster"], "../cum-1", r"cluster: '\.\./cum-1'"),
        (["cluster"], "", "cluster"),
        (["cluster"], "cum-1\n", "cluster"),
        (["sequence"], True, "sequence: True is not allowed; allowed: a whole number from 1"),
        (["sequence"], 0, "sequence"),
        (["sequence"], 1.0, "sequence"),
        (["sequence"], 2**53, "sequence"),
        (["slot"], "2026-12-01T05:00:00", "slot.*zone"),
        (["slot"], "0001-01-01T00:00:00+07:00", "slot"),
        (["slot"], "9999-12-31T23:59:59-07:00", "slot"),
        (["slot"], 5, "slot"),
        (["expires"], MISSING, "expires is missing"),
        (["drill"], 0, "drill: 0 is not allowed; allowed: true, false"),
        (["repeat_seconds"], 1, "repeat_seconds: 1 .* from 30 to 86400"),
        (["repeat_seconds"], MISSING, "repeat_seconds is missing"),
        (["priority"], ["routine"], "priority"),
        (["items"], [], "without items"),
        (["items"], {}, "items: {} is not allowed; allowed: a list"),
        (["items", 0], 7, r"items\[0\]: 7 is not allowed; allowed: an object"),
        (["items", 0, "sha256"], "A" * 64, r"items\[0\]\.sha256"),
        (["items", 0, "file"], "a/../b.mp3", r"items\[0\]\.file"),
        (["items", 0, "file"], "/etc/passwd", r"items\[0\]\.file"),
        (["items", 0, "size"], 0, r"items\[0\]\.size"),
        (["items", 0, "seconds"], 1e9, r"items\[0\]\.seconds"),
        (["items", 0, "seconds"], "12", r"items\[0\]\.seconds"),
        (["items", 0, "title"], "\ud800", r"items\[0\]\.title"),
        (["items", 0, "title"], "x" * 1_001, r"items\[0\]\.title.*at most 1000"),
        (["items", 0, "hamlets"], ["ap-1", None], r"items\[0\]\.hamlets: None"),
        (["items", 0, "volume"], 11, r"unknown fields: items\[0\]\.volume"),
        (["opening"], {"file": "a.mp3"}, r"opening\.sha256 is missing"),
        (["volume"], 11, "unknown fields: volume"),
    ],
)
def test_a_payload_that_is_not_exact_is_refused_by_its_field(
    path: list[Any], value: object, said: str
) -> None:
    plain = json.loads(encode(programme()))
    *above, last = path
    place = plain
    for step in above:
        place = place[step]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    with pytest.raises(WireError, match=said):
        decode(json.dumps(plain).encode())


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "JSON: .* an object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"kind": "time", "kind": "time"}', "kind stands there twice"),
        (b'{"kind": "time", "at": NaN}', "NaN is no number"),
        (b'{"kind": "time", "at": ' + b"9" * 5_000 + b"}", "not JSON"),
        (b'{"kind": "time", "nonce": "short", "at": ""}', "nonce: 5 letters"),
        (b" " * (MAX_PAYLOAD + 1), "too many"),
    ],
)
def test_what_is_no_payload_at_all_is_refused(payload: bytes, said: str) -> None:
    with pytest.raises(WireError, match=said):
        decode(payload)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_breaks_nothing(noise: bytes) -> None:
    with pytest.raises(WireError):
        decode(noise)


@given(messages(), st.data())
def test_any_field_taken_away_is_missed(message: Message, data: st.DataObject) -> None:
    plain = json.loads(encode(message))
    name = data.draw(st.sampled_from(sorted(plain)))
    del plain[name]
    with pytest.raises(WireError, match=f"{name} is missing"):
        decode(json.dumps(plain).encode())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("payload", "e30", "payload is not base64"),
        ("payload", "e31=", "payload is not base64"),
        ("payload", "e30=\n", "payload is not base64"),
        ("signature", "x" * 200, "signature"),
        ("key", "../key", "key"),
        ("more", "", "unknown fields: more"),
    ],
)
def test_an_envelope_that_is_not_exact_is_refused(field: str, value: str, said: str) -> None:
    wire = {**KEY.sign(programme()).as_json(), field: value}
    with pytest.raises(WireError, match=said):
        Envelope.from_json(wire)


def test_a_short_signature_is_refused() -> None:
    envelope = KEY.sign(programme())
    with pytest.raises(SignatureError):
        Envelope(envelope.payload, envelope.signature[:-1], envelope.key).opened(KEYS)


def test_what_is_well_signed_and_makes_no_sense_is_refused() -> None:
    payload = b'{"kind":"alarm"}'
    signature = KEY._key.sign(payload)
    with pytest.raises(WireError, match="kind"):
        Envelope(payload, signature, KEY.public.id).opened(KEYS)


def test_a_signed_time_is_no_programme() -> None:
    opened = KEY.sign(ServerTime("0123456789abcdef", airing.SLOT)).opened(KEYS)
    assert not isinstance(opened, Programme)


def test_a_key_reads_its_own_text_and_refuses_another_length() -> None:
    assert PublicKey.from_text(KEY.public.text) == KEY.public
    assert len(KEY.public.id) == 16
    with pytest.raises(WireError, match="32 bytes, not 3"):
        PublicKey.from_text(base64.b64encode(b"abc").decode())


def test_a_code_is_read_as_people_type_it() -> None:
    code = Code.made(KEY.public)
    assert [len(group) for group in code.text.split("-")] == [5] * 8
    typed = code.text.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    assert Code.read(typed) == code
    assert code.means(KEY.public)
    assert not code.means(SigningKey.made().public)
    assert Code.made(KEY.public).secret != code.secret


def test_a_secret_is_not_shown_by_accident() -> None:
    code = Code.made(KEY.public)
    assert code.secret not in repr(code)
    assert KEY.raw.hex() not in repr(KEY)


@given(st.integers(0, 39), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_slip_in_a_code_is_noticed_where_it_is_typed(place: int, letter: str) -> None:
    letters = list(
        Code("0123456789ABCDEF", Code.made(KEY.public).fingerprint).text.replace("-", "")
    )
    if letters[place] == letter:
        return
    letters[place] = letter
    with pytest.raises(WireError, match="slip"):
        Code.read("".join(letters))


@pytest.mark.parametrize("typed", ["", "12345", "U" * 40, "0" * 41])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(WireError, match="40 letters and digits"):
        Code.read(typed)
