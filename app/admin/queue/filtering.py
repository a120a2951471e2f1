"""What may be asked of the queue, and the values that a person chooses from."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from flask_babel import lazy_gettext as lazy
from pydantic import Field
from sqlalchemy import select

from app import queue
from app.admin import lists
from app.admin.visit import Visit
from app.models import Channel, Supplier, Supply, Variant
from app.queue import State

HIGHEST = 2**63 - 1
Day = Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]
WORDS = {
    State.LATE: lazy("Late"),
    State.AT_RISK: lazy("At risk"),
    State.WAITING: lazy("Waiting"),
    State.PARTLY_READY: lazy("Partly ready"),
    State.READY: lazy("Ready"),
    State.NO_DATE: lazy("Without a date"),
    State.HELD: lazy("On hold"),
}
MORE = ("sku", "reference", "customer", "expected_from", "expected_until", "waiting_since")


class QueueFilters(lists.Filters):
    """`waiting_since`: ordered on that day or before. `variant` and `supply` come with links from other pages."""

    text: str = ""
    state: State | None = None
    channel: str = ""
    supplier: int | None = Field(None, ge=1, le=HIGHEST)
    sku: str = ""
    reference: str = ""
    customer: str = ""
    expected_from: Day = None
    expected_until: Day = None
    waiting_since: Day = None
    variant: str = ""
    supply: int | None = Field(None, ge=1, le=HIGHEST)

    def asked(self, visit: Visit) -> queue.Filters:
        """In the words of the queue; a day ends as the shop's clock has it."""
        given = self.model_dump(exclude={"page", "waiting_since"})
        since = self.waiting_since
        until = datetime.combine(since + timedelta(days=1), time(), visit.zone) if since else None
        return queue.Filters(**given, waiting_since=until)

    @property
    def has_more(self) -> bool:
        """Whether any of those is set that are not always in sight."""
        return any(name in self.given() for name in MORE)


def choices(visit: Visit, filters: QueueFilters) -> dict[str, Any]:
    """What the selects offer."""
    channels = select(Channel.id, Channel.name).where(Channel.shop_id == visit.shop.id).order_by(Channel.name)
    suppliers = select(Supplier.id, Supplier.name).where(Supplier.shop_id == visit.shop.id).order_by(Supplier.name)
    states = {state.value: str(text) for state, text in WORDS.items()}
    known = {row.id: row.name for row in visit.connection.execute(channels)}
    ours = {str(row.id): row.name for row in visit.connection.execute(suppliers)}
    return {
        "states": lists.options({"": "", **states}, filters.state.value if filters.state else ""),
        "channels": lists.options({"": "", **known}, filters.channel),
        "suppliers": lists.options({"": "", **ours}, filters.supplier),
        "linked": list(_linked(visit, filters)),
    }


def _linked(visit: Visit, filters: QueueFilters) -> Any:
    """Filters that came with a link, each with what it stands for."""
    if filters.variant:
        name = select(Variant.product_name, Variant.name, Variant.sku)
        found = visit.connection.execute(name.where(Variant.shop_id == visit.shop.id, Variant.id == filters.variant))
        row = found.one_or_none()
        yield "variant", ", ".join(filter(None, row)) if row else lazy("a variant that is gone")
    if filters.supply:
        known = select(Supply.reference).where(Supply.shop_id == visit.shop.id, Supply.id == filters.supply)
        yield "supply", visit.connection.scalar(known) or lazy("a supply without a reference")
