"""The composition root: the one place where everything is built and joined together."""

from engine.app.channels import (
    CHANNELS,
    OPTIONS,
    Surroundings,
    build_channels,
    build_voices,
    choices_of,
    close_channels,
    speech_folder,
)
from engine.app.communes import Communes, open_commune, open_communes
from engine.app.house import House
from engine.app.opening import App, ledger_place, open_app, open_house
from engine.app.previewing import Preview, preview
from engine.app.voicing import settings_by_commune

__all__ = [
    "CHANNELS",
    "OPTIONS",
    "App",
    "Communes",
    "House",
    "Preview",
    "Surroundings",
    "build_channels",
    "build_voices",
    "choices_of",
    "close_channels",
    "ledger_place",
    "open_app",
    "open_commune",
    "open_communes",
    "open_house",
    "preview",
    "settings_by_commune",
    "speech_folder",
]
