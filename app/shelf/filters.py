"""Which variants somebody wants to see, as conditions on the book."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, false, or_, select

from app.models import Line, Supply, Variant


class Status(StrEnum):
    """How a variant can be bought in a channel, as its metadata says."""

    IN_STOCK = "in_stock"
    BACKORDER = "backorder"
    PREORDER = "preorder"
    OUT_OF_STOCK = "out_of_stock"


class Sort(StrEnum):
    """By the product's name, or those first for which most units are owed."""

    NAME = "name"
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is given must hold.

    `text` is a part of the SKU or of the names of product and variant, in small or capital letters. `channel` is the
    platform's id: then only variants on sale there, and only their offer there. A `status` in any channel will do
    where no channel is given. `queue`: somebody waits for it. `supplier` is our number of one that something is
    expected from.
    """

    text: str = ""
    channel: str = ""
    status: Status | None = None
    queue: bool = False
    supplier: int | None = None
    sort: Sort = Sort.NAME


def key_of(slug: str, name: str) -> str:
    """The key of our metadata that tells `name` of a channel: see `app.publish.offer_items`."""
    return f"dueback.{slug}.{name}"


def conditions(shop_id: int, filters: Filters, slugs: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """The variants that fit. `slugs` are those of the channels that are looked at."""
    yield Variant.shop_id == shop_id
    if filters.text:
        yield Variant.words.contains(filters.text.lower(), autoescape=True)
    if filters.channel:
        yield Variant.listed_in.contains([filters.channel])
    if filters.status is not None:
        shown = (Variant.shown[key_of(slug, "status")].astext == filters.status for slug in slugs)
        yield or_(false(), *shown)
    if filters.queue:
        waits = (Line.shop_id == shop_id, Line.open > 0, Line.waiting > 0)
        yield Variant.id.in_(select(Line.variant_id).where(*waits))
    if filters.supplier is not None:
        # No number of ours is greater than a bigint, and PostgreSQL refuses to compare one that is.
        known = 0 < filters.supplier < 2**63
        expected = (Supply.shop_id == shop_id, Supply.state == "expected", Supply.supplier_id == filters.supplier)
        yield Variant.id.in_(select(Supply.variant_id).where(*expected)) if known else false()
