"""What every page says of the shop as a whole: since when it has not answered, and that it is paused."""

from datetime import datetime

from sqlalchemy import func, select

from app import marks, turns
from app.admin.visit import Visit
from app.models import Mark


def behind_since(visit: Visit) -> datetime | None:
    """Since when the shop could not be read, or since when it has us switched off. None where all is well.

    Also None once the visit is over, as it is on a page about an error.
    """
    if visit.connection.closed:
        return None
    since = visit.connection.scalar(select(func.min(Mark.marked_at)).where(Mark.shop_id == visit.shop.id, marks.RESTS))
    return since if visit.shop.state == "installed" else since or visit.shop.swept_at


def is_paused(visit: Visit) -> bool:
    """Whether nothing is sold past zero until somebody resumes."""
    return not visit.connection.closed and turns.paused(visit.connection, visit.shop.id) is not None
