"""Zalo Bot: people and groups that wrote to the commune's bot on Zalo."""

from channels.chat.zalo_bot.account import ZaloBotAccount
from channels.chat.zalo_bot.backend import ZaloBotBackend

__all__ = ["ZaloBotAccount", "ZaloBotBackend"]
