"""The engine: one variant's facts in, one plan out. Pure; the day is given, nothing is read or written."""

from app.engine.plan import ask, plan
from app.engine.state import line_state, status_of_line

__all__ = ["ask", "line_state", "plan", "status_of_line"]
