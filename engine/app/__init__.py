"""The composition root: the one place where everything is built and joined together."""

from engine.app.channels import CHANNELS, OPTIONS, Surroundings, build_channels, close_channels
from engine.app.communes import Communes, open_commune, open_communes
from engine.app.house import House
from engine.app.opening import App, ledger_place, open_app, open_house
from engine.app.previewing import Preview, preview

__all__ = [
    "CHANNELS",
    "OPTIONS",
    "App",
    "Communes",
    "House",
    "Preview",
    "Surroundings",
    "build_channels",
    "close_channels",
    "ledger_place",
    "open_app",
    "open_commune",
    "open_communes",
    "open_house",
    "preview",
]
