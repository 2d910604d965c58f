"""Who speaks in chat groups: accounts and addresses, as the settings name them."""

from __future__ import annotations

from channels.chat.accounts import machine_of
from channels.chat.channel import ChatChannel
from channels.chat.telegram import TelegramAccount, TelegramBackend
from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.article import ZaloArticleBackend
from channels.chat.zalo.group import ZaloGroupBackend
from channels.chat.zalo_bot import ZaloBotAccount, ZaloBotBackend
from engine.app.settings_words import settings_line
from engine.settings import Settings


def telegram_account(settings: Settings) -> TelegramAccount | None:
    """Return the workspace's Telegram bot; None where none is set up."""
    bot = settings.telegram
    if not bot.token:
        return None
    return TelegramAccount(
        bot.base_url,
        bot.token,
        per_second=bot.messages_per_second,
        per_minute=bot.group_messages_per_minute,
    )


def zalo_account(settings: Settings, commune_id: str) -> ZaloAccount | None:
    """Return the commune's Official Account; None where none is set up."""
    found = settings.zalo.get(commune_id)
    if found is None or f"zalo.{commune_id}" in settings.faulty_accounts:
        return None
    return ZaloAccount(
        found.app_id,
        found.oa_id,
        found.app_secret,
        api_url=found.api_url,
        oauth_url=found.oauth_url,
        redirect_url=found.redirect_url,
        cover_url=found.cover_url,
        per_minute=found.requests_per_minute,
    )


def zalo_bot_account(settings: Settings) -> ZaloBotAccount | None:
    """Return the workspace's bot of Zalo Bot; None where none is set up."""
    bot = settings.zalo_bot
    if not bot.token:
        return None
    return ZaloBotAccount(bot.token, bot.base_url, per_minute=bot.messages_per_minute)


def endpoints(settings: Settings, commune_id: str) -> dict[tuple[str, str], str]:
    """Return what the backends of a commune's accounts call their far sides."""
    zalo = zalo_account(settings, commune_id)
    telegram, bot = telegram_account(settings), zalo_bot_account(settings)
    found = {
        TelegramBackend.name: machine_of(telegram.base_url) if telegram else "",
        ZaloBotBackend.name: machine_of(bot.base_url) if bot else "",
        ZaloGroupBackend.name: zalo.endpoint if zalo else "",
        ZaloArticleBackend.name: zalo.articles_endpoint if zalo else "",
    }
    return {(ChatChannel.name, name): endpoint for name, endpoint in found.items() if endpoint}


def account_faults(settings: Settings, commune_id: str) -> dict[str, str]:
    """Return what is wrong with accounts whose secrets cannot be read, by the backend's name.

    Of Apprise's addresses, each by itself: ``apprise.thu_xa``.
    """
    own = f"zalo.{commune_id}"
    return {
        "zalo" if name == own else name: "; ".join(map(settings_line, faults))
        for name, faults in settings.faulty_accounts.items()
        if name == own or not name.startswith("zalo.")
    }


def apprise_addresses(settings: Settings) -> dict[str, str]:
    """Return the secret addresses by their names, those that say nothing left out."""
    return {name: one.url for name, one in settings.apprise.items() if one.url}
