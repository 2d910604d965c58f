"""Proof-listening: whether a finished sound file says what it should, checked by machine.

The file is decoded and heard (``hearing``), compared with every sentence that it should hold
(``score``, ``matching``), and what does not fit is put into words (``explaining``, ``wording``).
``witness`` speaks the sentences once more, so that a voice that leaves a word out is found too.
Empty on purpose: the witness, a process of its own, imports this package and must start fast.
"""
