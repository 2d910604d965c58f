"""The code on a bundle's cover: which hand-out it confirms, without any secret.

It is read by a phone's camera or typed by hand, so it checks itself; who may confirm is asked of
whoever brings it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from channels.flyer.products import Product
from engine.errors import LoaError
from engine.i18n import gettext as _

_FORM = re.compile(
    r"LOA1/(?P<commune>[a-z0-9-]+)/(?P<campaign>[a-z0-9-]+)/(?P<revision>\d+)"
    r"(?:/(?P<product>[a-z0-9]+))?"
    r"/(?P<copies>[a-z0-9-]+:\d+(?:\+[a-z0-9-]+:\d+)*)/(?P<check>[0-9A-F]{6})"
)


@dataclass(frozen=True, slots=True)
class Handout:
    """A bundle of one product: ``copies`` are (hamlet, how many).

    ``product`` None is the campaign's main one, on covers that were printed without its name.
    """

    commune: str
    campaign: str
    revision: int
    copies: tuple[tuple[str, int], ...]
    product: Product | None = None

    @property
    def code(self) -> str:
        """Return what the QR code holds."""
        return f"{self._body}/{_check(self._body)}"

    @property
    def _body(self) -> str:
        copies = "+".join(f"{hamlet}:{count}" for hamlet, count in self.copies)
        product = f"/{self.product}" if self.product else ""
        return f"LOA1/{self.commune}/{self.campaign}/{self.revision}{product}/{copies}"


def read_code(text: str, commune: str) -> Handout:
    """Return what a cover's code says. Raises LoaError for anything else, another commune's too."""
    found = _FORM.fullmatch(text.strip())
    product = found["product"] if found else None
    known = product is None or product in set(Product)
    if found is None or not known or found["check"] != _check(found[0].rpartition("/")[0]):
        message = _("this is no code of a cover sheet, or a part of it is missing: {text}")
        raise LoaError(message.format(text=" ".join(text.split())[:80]))
    if found["commune"] != commune:
        message = _("this cover sheet is of commune {found}, not of {commune}")
        raise LoaError(message.format(found=found["commune"], commune=commune))
    pairs = (one.rpartition(":") for one in found["copies"].split("+"))
    copies = tuple((hamlet, int(count)) for hamlet, _colon, count in pairs)
    named = Product(product) if product else None
    return Handout(commune, found["campaign"], int(found["revision"]), copies, named)


def _check(body: str) -> str:
    """Six digits that show a letter read or typed wrongly."""
    return hashlib.sha256(body.encode()).hexdigest()[:6].upper()
