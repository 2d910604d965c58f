"""Dispatch: rendering what is due, handing it over, and recording what came of it."""

from engine.dispatch.rendering import Renderer
from engine.dispatch.sender import Sender

__all__ = ["Renderer", "Sender"]
