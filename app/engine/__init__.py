"""The engine: one variant's facts in, one plan out. Pure; the day is given, nothing is read or written."""

from app.engine.changes import change, line_state, status_of_line
from app.engine.plan import ask, plan

__all__ = ["ask", "change", "line_state", "plan", "status_of_line"]
