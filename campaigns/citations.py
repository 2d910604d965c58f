"""Reading what law a campaign cites, and finding what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.i18n import gettext as _
from engine.models import Citation, LegalBasis, Obligation


class CitationError(Exception):
    """A citation that cannot be read, or from which nothing is known to follow."""


def basis(text: str, rules: Sequence[Obligation]) -> LegalBasis:
    """Return the citation in ``text`` with the first of ``rules`` that covers it.

    Raises CitationError that says what is missing, or what is known.
    """
    try:
        citation = Citation.of(text)
    except ValueError as error:
        message = _(
            'found "{found}", without {missing}; write for example: Luật 10/2022/QH15, Điều 11 '
            "khoản 8"
        )
        raise CitationError(message.format(found=text, missing=_part(str(error)))) from None
    for rule in rules:
        if rule.covers(citation):
            return LegalBasis(citation, rule)
    message = _(
        'nothing is known to follow from "{found}"; known: {known}. Other rules go into '
        "commune.yaml (obligations); without one, leave legal_basis out"
    )
    places = dict.fromkeys(rule.place for rule in rules)
    raise CitationError(message.format(found=text, known="; ".join(places)))


def _part(missing: str) -> str:
    return {
        "law": _("the number of the law (10/2022/QH15)"),
        "article": _("the article (Điều 11)"),
        "clause": _("the clause (khoản 8)"),
    }[missing]
