"""Recordings as files: what they are by their first bytes, and how long by their headers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.hushed import hushed
from engine.i18n import gettext as _

#: Endings that recordings have; the content decides what they are.
ENDINGS = (".mp3", ".wav", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".flac")

#: Bytes that tell what a file is.
HEAD = 16


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sound file. ``by_mutagen``: libsndfile cannot read it."""

    media_type: str
    by_mutagen: bool = False


_MP3, _WAV = Kind("audio/mpeg"), Kind("audio/wav")
_OGG, _FLAC = Kind("audio/ogg"), Kind("audio/flac")
_M4A, _AAC = Kind("audio/mp4", by_mutagen=True), Kind("audio/aac", by_mutagen=True)

#: Frames of MPEG audio begin with eleven ones; then come version and layer. AAC calls itself
#: layer 0, and has twelve.
_SYNC, _LAYER, _LAYER_3 = 0xFFE0, 0x0006, 0x0002
_ADTS, _ADTS_MASK = 0xFFF0, 0xFFF6

#: What people name by mistake, by how it begins.
_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"PK\x03\x04": "ZIP, Word, Excel",
    b"\xd0\xcf\x11\xe0": "Word, Excel",
    b"#!AMR": "AMR",
    b"FORM": "AIFF",
    b"0&\xb2u": "WMA",
    b"\x1aE\xdf\xa3": "WebM, MKV",
}


def kind_of(head: bytes) -> Kind:
    """Return what a file is that begins with ``head``.

    Raises ValueError, in words, for anything that is no recording Loa takes.
    """
    first = int.from_bytes(head[:2], "big")
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return _WAV
    if head[4:8] == b"ftyp":
        return _M4A
    if head.startswith(b"OggS"):
        return _OGG
    if head.startswith(b"fLaC"):
        return _FLAC
    if first & _ADTS_MASK == _ADTS:
        return _AAC
    if head.startswith(b"ID3") or (first & _SYNC == _SYNC and first & _LAYER == _LAYER_3):
        return _MP3
    for beginning, name in _OTHERS.items():
        if head.startswith(beginning):
            message = _("this is {kind}, not a recording; MP3, WAV, OGG, M4A and FLAC are taken")
            raise ValueError(message.format(kind=name))
    if not head:
        raise ValueError(_("the file is empty"))
    raise ValueError(_("its content is not that of a sound file: MP3, WAV, OGG, M4A or FLAC"))


def seconds(path: Path, kind: Kind) -> float:
    """Return how long a recording lasts, as its header says.

    Raises ValueError, in words, when no sound can be read from it.
    """
    length = _by_mutagen(path) if kind.by_mutagen else _by_sndfile(path)
    if length is None:
        raise ValueError(_("the recording is broken, no sound can be read from it"))
    return length


def _by_sndfile(path: Path) -> float | None:
    import soundfile  # loads the sound library: for campaigns that have a recording

    try:
        with hushed():
            return float(soundfile.info(str(path)).duration)
    except soundfile.LibsndfileError:
        return None


def _by_mutagen(path: Path) -> float | None:
    import mutagen

    try:
        found: Any = mutagen.File(path)
    except mutagen.MutagenError:
        return None
    if found is None or not getattr(found.info, "length", 0):
        return None
    return float(found.info.length)
