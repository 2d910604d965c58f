"""What a person sees of the fake Zalo in a browser: consent, groups, a place to write in one."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from channels.chat.bots.fake_page import fake_page, home_page
from channels.chat.zalo.fake.world import World
from engine.i18n import gettext as _


def home(world: World) -> str:
    """Return the groups, what was last taken, and a form to write in a group as somebody."""
    groups = {one.id: f"{one.name} ({one.id})" for one in world.groups.values()}
    return home_page(groups, "group", "sender", world.taken())


def consent(world: World, asked: Mapping[str, str]) -> str:
    """Return the page on which an administrator agrees."""
    code = world.consent(asked.get("code_challenge", ""))
    back = f"{asked.get('redirect_uri', '')}?{urlencode({'code': code, 'oa_id': world.oa_id})}"
    question, answer = _("May Loa speak for the Official Account?"), _("I agree")
    return fake_page(
        f'<h1>{escape(question)}</h1><p><a href="{escape(back)}">{escape(answer)}</a></p>'
    )


def agreed(address: str) -> str:
    """Return the page that the browser comes back to: its address is to be pasted."""
    copied = _("Copy this address into the terminal:")
    return fake_page(f"<p>{escape(copied)}</p><pre>{escape(address)}</pre>")
