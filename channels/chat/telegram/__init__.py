"""Telegram: groups and their topics, through a bot (https://core.telegram.org/bots/api)."""

from channels.chat.telegram.account import TelegramAccount
from channels.chat.telegram.backend import TelegramBackend

__all__ = ["TelegramAccount", "TelegramBackend"]
