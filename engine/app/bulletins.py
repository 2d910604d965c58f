"""Putting a bulletin on the portal, where that is a folder of Loa's own."""

from __future__ import annotations

from channels.base import ChannelError
from channels.portal.bulletins import FOLDER, bulletin_files
from channels.portal.static import StaticBackend
from engine.app.opening import App
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.reports.bulletin import Bulletin, posted


def publish_bulletin(app: App, bulletin: Bulletin, by: str) -> str:
    """Publish a bulletin, in the name of somebody with rights; return its address.

    The same bulletin again changes nothing. Raises LoaError: no right, no folder of the portal,
    a disk that refuses.
    """
    app.office.person(by)
    sites = [one for one in app.channels["portal"].backends.values() if _is_folder(one)]
    if not sites:
        raise LoaError(_("this portal is no folder of Loa's: put the PDF there by hand"))
    page, documents = posted(bulletin)
    for site in sites:
        assert isinstance(site, StaticBackend)
        try:
            site.put_beside(lambda root: bulletin_files(page, documents, root))
        except ChannelError as error:
            raise LoaError(str(error)) from error
    return f"{page.home}/{FOLDER}/{page.name}/"


def _is_folder(backend: object) -> bool:
    return isinstance(backend, StaticBackend)
