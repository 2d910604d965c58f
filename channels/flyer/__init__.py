"""The flyer channel: A5 pages set by Typst, gathered into print runs."""

from channels.flyer.channel import FlyerChannel
from channels.flyer.folder import FolderBackend
from channels.flyer.options import FlyerOptions
from channels.flyer.product import FlyerInputs

__all__ = ["FlyerChannel", "FlyerInputs", "FlyerOptions", "FolderBackend"]
