"""What a person sees of a fake in a browser: what it took, and a form to write as somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from engine.i18n import gettext as _

#: Entries of the log that are shown.
_SHOWN = 20

_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>
<style>body{{font:1rem sans-serif;max-width:42rem;margin:1rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap;background:#eee;padding:.5rem}}
label{{display:block;margin:.5rem 0}}</style>{body}</html>"""


def fake_page(body: str, title: str = "") -> str:
    """Return a page of a fake; ``body`` is HTML, ``title`` is text."""
    return _PAGE.format(title=escape(title or _("A Zalo that is none")), body=body)


def home_page(
    places: Mapping[str, str],
    place: str,
    writer: str,
    taken: Sequence[Mapping[str, Any]],
    title: str = "",
) -> str:
    """Return the first page. ``places`` are where people write, each with what it is called.

    ``place`` and ``writer`` are the form's names of where it is written, and by whom.
    """
    options = "".join(
        f'<option value="{escape(id_)}">{escape(name)}</option>' for id_, name in places.items()
    )
    heading = title or _("A Zalo that is none")
    where, who, what, send = _("Where"), _("Who (id)"), _("What he writes"), _("Write")
    newest = _("Taken, the newest first")
    entries = "".join(f"<pre>{escape(str(one))}</pre>" for one in reversed(taken[-_SHOWN:]))
    return fake_page(
        f"<h1>{escape(heading)}</h1>"
        f'<form method="post" action="/noi">'
        f'<label>{escape(where)} <select name="{place}">{options}</select></label>'
        f'<label>{escape(who)} <input name="{writer}" required></label>'
        f'<label>{escape(what)} <input name="text" required></label>'
        f"<button>{escape(send)}</button></form>"
        f"<h2>{escape(newest)}</h2>{entries}",
        title,
    )
