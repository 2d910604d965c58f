"""The flyer channel: pages set by Typst, gathered into print runs."""

from channels.flyer.channel import FlyerChannel
from channels.flyer.folder import FolderBackend
from channels.flyer.inputs import FlyerInputs
from channels.flyer.options import FlyerOptions

__all__ = ["FlyerChannel", "FlyerInputs", "FlyerOptions", "FolderBackend"]
