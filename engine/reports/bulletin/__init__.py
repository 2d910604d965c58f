"""The bulletin (bản tin): what was approved in a week, on one document for everybody."""

from engine.reports.bulletin.gathering import Bulletin, Item, Told, gathered
from engine.reports.bulletin.kept import keep, stale
from engine.reports.bulletin.page import bulletin_pdf
from engine.reports.bulletin.period import Period, command_of, days, week, week_of
from engine.reports.bulletin.posting import posted

__all__ = [
    "Bulletin",
    "Item",
    "Period",
    "Told",
    "bulletin_pdf",
    "command_of",
    "days",
    "gathered",
    "keep",
    "posted",
    "stale",
    "week",
    "week_of",
]
