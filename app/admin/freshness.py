"""Since when what the pages show may be older than the shop."""

from datetime import datetime

from sqlalchemy import func, select

from app.admin.visit import Visit
from app.models import Mark


def behind_since(visit: Visit) -> datetime | None:
    """Since when the shop could not be read, or since when it has us switched off. None where all is well.

    Also None once the visit is over, as it is on a page about an error.
    """
    if visit.connection.closed:
        return None
    failing = select(func.min(Mark.marked_at)).where(Mark.shop_id == visit.shop.id, Mark.attempts > 0)
    since = visit.connection.scalar(failing)
    return since if visit.shop.state == "installed" else since or visit.shop.swept_at
