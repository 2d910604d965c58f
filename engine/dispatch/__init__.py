"""Dispatch: rendering what is due, handing it over, and recording what came of it."""

from engine.dispatch.assembling import Assembler
from engine.dispatch.observer import NOBODY, Observer
from engine.dispatch.rendering import Renderer
from engine.dispatch.sender import Sender
from engine.dispatch.told import told

__all__ = ["NOBODY", "Assembler", "Observer", "Renderer", "Sender", "told"]
