"""What an approval is bound to, and what it is refused for."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import Revision
from engine.models import Campaign, Plan, digest
from engine.models.wording import breach_line


def bound_hash(source: bytes, campaign: Campaign, plan: Plan) -> str:
    """Hash what an approval is bound to: the YAML, its files, and the plan's fingerprint."""
    recordings = (section.recording for section in campaign.sections.values())
    files = sorted(file.sha256 for file in (*campaign.attachments, *recordings) if file)
    return digest(hashlib.sha256(source).hexdigest(), files, plan.fingerprint)


def place_in(workspace: Path, path: Path) -> str:
    """Return how the ledger names a file: from the workspace on, so that it may move."""
    path = path.resolve()
    return str(path.relative_to(workspace) if path.is_relative_to(workspace) else path)


def refuse_a_provinces(revision: Revision) -> None:
    if revision.province_id:
        message = _("{campaign} is the province's ({province}): only the province decides about it")
        raise LoaError(message.format(campaign=revision.campaign_id, province=revision.province_id))


def refuse_breaches(plan: Plan) -> None:
    if plan.stops:
        lines = [breach_line(breach) for breach in plan.stops]
        raise LoaError(joined("\n  ", (_("rules that it would break:"), *lines)))
