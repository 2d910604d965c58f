"""Alerts for tests: two officials with passphrases, and the desk at which they give them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from campaigns.alert_file import Wanted
from engine.app import App
from engine.ledger import DeliveryRow
from engine.models import Audience
from engine.planner.alert_desks import CommuneDesk
from engine.planner.alerts import Alerts, Keys
from support.commune import PASSPHRASE

#: The second person's; each has an own.
OTHER = "mat-khau-thu-hai"
KEYS = Keys(PASSPHRASE, "minh", OTHER)


def set_passphrases(app: App) -> None:
    """Give both officials theirs, unless they have them."""
    for person, secret in (("lan", PASSPHRASE), ("minh", OTHER)):
        if app.ledger.credentials.get(person) is None:
            app.office.set_passphrase(person, secret, None)


def alerts(app: App) -> Alerts:
    return Alerts(
        CommuneDesk(app.office, app.ledger),
        workspace=app.workspace,
        clock=app.clock,
        boundary=app.house.boundary,
    )


def wanted(app: App, **changes: Any) -> Wanted:
    """An alert on air every quarter of an hour, for an hour."""
    values: dict[str, Any] = {
        "title": "Nước lũ đang lên nhanh.",
        "text": "Bà con lên chỗ cao.",
        "audience": Audience(),
        "clusters": (),
        "channels": ("loudspeaker", "portal"),
        "until": app.clock.now() + timedelta(hours=1),
        "every": timedelta(minutes=15),
    }
    return Wanted(**{**values, **changes})


def rows(app: App, campaign_id: str) -> list[DeliveryRow]:
    return app.ledger.views.deliveries(campaign_id)


def files(folder: Path, pattern: str = "*.yaml") -> list[str]:
    """Return the names of campaign files, hidden ones too."""
    return sorted(path.name for path in (folder / "campaigns").glob(pattern))
