"""What a person sees of the fake Zalo in a browser: consent, groups, a place to write in one."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from channels.chat.zalo.fake.world import World
from engine.i18n import gettext as _

_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Zalo (giả)</title>
<style>body{{font:1rem sans-serif;max-width:42rem;margin:1rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap;background:#eee;padding:.5rem}}</style>{body}</html>"""


def home(world: World) -> str:
    """Return the groups, what was last taken, and a form to write in a group as somebody."""
    groups = "".join(
        f'<option value="{escape(one.id)}">{escape(one.name)} ({escape(one.id)})</option>'
        for one in world.groups.values()
    )
    taken = "".join(f"<pre>{escape(str(one))}</pre>" for one in reversed(world.taken()[-20:]))
    return _page(
        f"<h1>{escape(_('A Zalo that is none'))}</h1>"
        f'<form method="post" action="/noi"><select name="group">{groups}</select> '
        f'<input name="sender" placeholder="id" required> '
        f'<input name="text" placeholder="{escape(_("what he writes"))}" required> '
        f"<button>{escape(_('Write'))}</button></form>"
        f"<h2>{escape(_('Taken, the newest first'))}</h2>{taken}"
    )


def consent(world: World, asked: Mapping[str, str]) -> str:
    """Return the page on which an administrator agrees."""
    code = world.consent(asked.get("code_challenge", ""))
    back = f"{asked.get('redirect_uri', '')}?{urlencode({'code': code, 'oa_id': world.oa_id})}"
    return _page(
        f"<h1>{escape(_('May Loa speak for the Official Account?'))}</h1>"
        f'<p><a href="{escape(back)}">{escape(_("I agree"))}</a></p>'
    )


def agreed(address: str) -> str:
    """Return the page that the browser comes back to: its address is to be pasted."""
    return _page(
        f"<p>{escape(_('Copy this address into the terminal:'))}</p><pre>{escape(address)}</pre>"
    )


def _page(body: str) -> str:
    return _PAGE.format(body=body)
