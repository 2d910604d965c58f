"""The code on a bundle's cover: which hand-out it confirms, without any secret.

It is read by a phone's camera or typed by hand, so it checks itself; who may confirm is asked of
whoever brings it. Where the commune has an address for phones, the camera reads that address,
which ends with the code.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from channels.flyer.products import Product
from engine.errors import LoaError
from engine.i18n import gettext as _

_FORM = re.compile(
    r"loa1/(?P<commune>[a-z0-9-]+)/(?P<campaign>[a-z0-9-]+)/(?P<revision>\d{1,9})"
    r"(?:/(?P<product>[a-z0-9]+))?"
    r"/(?P<copies>[a-z0-9-]+:\d{1,9}(?:\+[a-z0-9-]+:\d{1,9})*)/(?P<check>[0-9a-f]{6})",
    re.ASCII,
)

#: What begins a code, wherever it stands in an address.
_BEGIN = "loa1/"

#: Letters of the longest text that is looked at: more than a QR code holds.
_MOST = 8_000


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
        """Return what the QR code holds, or ends with."""
        return f"{self._body}/{_check(self._body)}"

    @property
    def printed(self) -> int:
        """How many copies lie in the bundle."""
        return sum(count for _hamlet, count in self.copies)

    @property
    def _body(self) -> str:
        copies = "+".join(f"{hamlet}:{count}" for hamlet, count in self.copies)
        product = f"/{self.product}" if self.product else ""
        return f"LOA1/{self.commune}/{self.campaign}/{self.revision}{product}/{copies}"


def handout_in(text: str) -> Handout:
    """Return what a cover's code says: bare, or at the end of an address.

    Scanners and keyboards may change its case (no id has capital letters) and break its line.
    Raises LoaError for anything else.
    """
    typed = "".join(text[:_MOST].split()).lower().replace("%3a", ":").replace("%2b", "+")
    found = _FORM.fullmatch(typed[max(typed.find(_BEGIN), 0) :])
    product = found["product"] if found else None
    known = product is None or product in set(Product)
    if found is not None and known:
        pairs = (one.rpartition(":") for one in found["copies"].split("+"))
        copies = tuple((hamlet, int(count)) for hamlet, _colon, count in pairs)
        named = Product(product) if product else None
        read = Handout(found["commune"], found["campaign"], int(found["revision"]), copies, named)
        if read.code.lower() == found[0]:
            return read
    message = _(
        "this is no code of a cover sheet, or a part of it is missing or wrong: {text}; it is "
        "printed below the QR code and goes from LOA1/ to six digits or letters: scan it again, "
        "or type it with the keyboard set to English"
    )
    raise LoaError(message.format(text=" ".join(text.split())[:80]))


def read_code(text: str, commune: str) -> Handout:
    """Return what a cover's code says. Raises LoaError for anything else, another commune's too."""
    read = handout_in(text)
    if read.commune != commune:
        message = _("this cover sheet is of commune {found}, not of {commune}")
        raise LoaError(message.format(found=read.commune, commune=commune))
    return read


def _check(body: str) -> str:
    """Six digits that show a letter read or typed wrongly."""
    return hashlib.sha256(body.encode()).hexdigest()[:6].upper()
