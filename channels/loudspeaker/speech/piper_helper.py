"""The process in which Piper speaks: ``python -m channels.loudspeaker.speech.piper_helper``.

A process of its own, because the libraries are large, may crash, and piper-tts is GPL-3. The
model runs on one thread: several helpers share the cores, and a process without threads can
be forked.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channels.loudspeaker.speech.serving import Request, UnavailableError, main
from channels.loudspeaker.speech.voice_files import fingerprint_of

if TYPE_CHECKING:
    from piper import PiperVoice

#: Where the noise starts that a model mixes into its speech: the same for every sentence, so
#: that a sentence sounds the same for ever.
_SEED = 1

#: Of full scale; a model that speaks louder is turned down, for the resampling that follows.
_HEADROOM = 0.9


class PiperSpeaker:
    """One voice, loaded and silent. Another one takes its place when it is asked for."""

    def __init__(self) -> None:
        self._voice: PiperVoice | None = None
        self._fingerprint = ""

    def get_ready(self, request: Request) -> None:
        if self._fingerprint != request["fingerprint"]:
            self._voice, self._fingerprint = None, ""
            self._voice = self._loaded(request)
            self._fingerprint = request["fingerprint"]

    def _loaded(self, request: Request) -> PiperVoice:
        # Else it tells its maker of every model that is loaded, from a thread of its own. It
        # must know before it is loaded (onnxruntime's Privacy.md).
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime
            from piper import PiperVoice
            from piper.config import PiperConfig
        except ImportError as error:
            raise UnavailableError(f"piper-tts: {error}") from error
        # What is loaded is exactly what was hashed, whatever happens to the files meanwhile.
        model, config = (Path(request[name]).read_bytes() for name in ("model", "config"))
        hashes = [hashlib.sha256(part).hexdigest() for part in (model, config)]
        if fingerprint_of(*hashes) != request["fingerprint"]:
            raise SystemExit("the voice's files have just changed")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        onnxruntime.set_seed(_SEED)
        try:
            session = onnxruntime.InferenceSession(
                model, sess_options=options, providers=["CPUExecutionProvider"]
            )
            settings = PiperConfig.from_dict(json.loads(config))
        except Exception as error:
            # onnxruntime raises what its C++ gives it; all of it means that this is no model.
            raise UnavailableError(f"{type(error).__name__}: {error}") from error
        return PiperVoice(session=session, config=settings)

    def say(self, request: Request) -> tuple[int, bytes]:
        import numpy as np
        from piper.config import SynthesisConfig

        assert self._voice is not None
        how = SynthesisConfig(
            speaker_id=int(request["speaker"]) if request["speaker"] else None,
            length_scale=self._voice.config.length_scale * float(request["length"]),
            # Piper would bring each sentence to full scale by itself, and a short one with a
            # loud syllable would come out quieter than the rest.
            normalize_audio=False,
        )
        chunks = self._voice.synthesize(request["text"], syn_config=how)
        spoken: Any = np.concatenate([chunk.audio_float_array for chunk in chunks])
        loudest = float(np.abs(spoken).max(initial=0.0))
        scale = 32_767 * min(1.0, _HEADROOM / loudest if loudest else 1.0)
        return self._voice.config.sample_rate, np.rint(spoken * scale).astype("<i2").tobytes()


if __name__ == "__main__":
    main(PiperSpeaker())
