"""The chat channel."""

from channels.chat.channel import ChatChannel, ChatOptions
from channels.chat.kit import KitBackend
from channels.chat.telegram import TelegramAccount, TelegramBackend

__all__ = ["ChatChannel", "ChatOptions", "KitBackend", "TelegramAccount", "TelegramBackend"]
