"""Planning: whom a campaign reaches, with which words, when; and who may let it go out."""

from engine.planner.diff import Changes, changes_between
from engine.planner.office import Office, Submitted
from engine.planner.plan import plan_campaign

__all__ = ["Changes", "Office", "Submitted", "changes_between", "plan_campaign"]
