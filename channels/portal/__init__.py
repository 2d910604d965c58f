"""The web portal: one post per campaign, on a static site that needs no server of its own."""

from channels.portal.channel import PortalChannel, PortalOptions, PostInputs
from channels.portal.static import StaticBackend

__all__ = ["PortalChannel", "PortalOptions", "PostInputs", "StaticBackend"]
