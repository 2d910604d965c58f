"""Messages in the ledger: kept as what they are made of, said in the language of who reads.

What was written before, by people, or by a far side, is text and stays as it is.
"""

from __future__ import annotations

import json
import re
from string import Formatter
from typing import Any

from engine.i18n import Message, anew, joined

#: Stands before what is kept as JSON: messages, and the odd text that begins with it.
MARK = "\x1e"

#: Values that JSON keeps as they are, so that they can be formatted again.
_PLAIN = (str, int, float, bool)


def kept(text: str) -> str:
    """Return ``text`` as the ledger keeps it."""
    made_of = _made_of(text)
    if isinstance(made_of, str) and not made_of.startswith(MARK):
        return made_of
    return MARK + json.dumps(made_of, ensure_ascii=False, separators=(",", ":"))


def said(stored: str) -> str:
    """Return what the ledger keeps, in the language of who reads it; a Message where it is one."""
    if not stored.startswith(MARK):
        return stored
    try:
        return _said(json.loads(stored.removeprefix(MARK)))
    except (ValueError, LookupError, TypeError, AttributeError):
        return stored.removeprefix(MARK)  # a later Loa's message, or damaged: better than nothing


def _made_of(text: str) -> Any:
    """Return what JSON keeps of a message, or the text that it is."""
    if isinstance(text, Message) and text.msgid:
        values = {name: _value(text.msgid, name, value) for name, value in text.values.items()}
        if None in values.values():
            return str.__str__(text)
        return {"m": text.msgid, "v": values} if values else {"m": text.msgid}
    if isinstance(text, Message) and text.parts:
        parts = [_made_of(part) for part in text.parts]
        if any(not isinstance(part, str) for part in parts):
            return {"j": text.separator, "p": parts}
    return str.__str__(text)


def _value(msgid: str, name: str, value: object) -> Any:
    """Return what JSON keeps of a value; None where the message could not be made of that."""
    if isinstance(value, str):
        return _made_of(value)
    if isinstance(value, _PLAIN):
        return value
    plainly = all(
        not spec and conversion in (None, "s") and field == name
        for _text, field, spec, conversion in Formatter().parse(msgid)
        if field is not None and re.split(r"[.\[]", field)[0] == name
    )
    return _made_of(str(value)) if plainly else None


def _said(made_of: Any) -> str:
    if not isinstance(made_of, dict):
        return str(made_of)
    if "j" in made_of:
        return joined(made_of["j"], map(_said, made_of["p"]))
    kept_values = made_of.get("v", {}).items()
    values = {name: _said(one) if isinstance(one, dict) else one for name, one in kept_values}
    return anew(made_of["m"], values)
