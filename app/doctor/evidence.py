"""What the doctor looks at: the shop as it shows itself, and our own tables."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import lazy_gettext as lazy
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from app import rulebook, turns
from app.engine.rules import Scope
from app.models import Channel, Line, Order, Overrun, PoolShipment, Rule, Shop, Stock, Variant, Warehouse
from app.platforms import TOKEN_DEAD, Identity, Platform, ShopError, ShopLayout, WebhookSeen
from app.resources import manifest
from app.runtime import Runtime
from app.seal import SealBroken

LEAVING = {"leaving", "left", "removed"}
UNSETTLED = ("found", "taking", "returning", "reported")
SEAL_BROKEN = "SEAL_BROKEN"
NARROW = (Scope.VARIANT, Scope.PRODUCT, Scope.COLLECTION, Scope.CATEGORY, Scope.PRODUCT_TYPE)
MOST_ROWS = 1000
REMOVED = lazy("The app was removed from the shop.")


@dataclass(frozen=True, slots=True)
class Units:
    """Units of a variant where something is the matter: in a warehouse, or in an order by its number."""

    sku: str
    where: str
    units: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the checks judge. `identity`, `layout` and `webhooks` are None where they could not be read.

    `trouble` says why the shop could not be asked at all. `own_preorders` are SKUs. `ruled` are ids of channels in
    which a rule lets something be sold past zero. `overfull` are stocks with more allocated than there is (units:
    the excess).
    """

    shop_url: str
    now: datetime
    required: frozenset[str]
    webhook_names: frozenset[str]
    trouble: ShopError | None = None
    identity: Identity | None = None
    layout: ShopLayout | None = None
    webhooks: tuple[WebhookSeen, ...] | None = None
    ruled: frozenset[str] = frozenset()
    overfull: tuple[Units, ...] = ()
    overruns: tuple[Units, ...] = ()
    pool_shipments: tuple[Units, ...] = ()
    own_preorders: tuple[str, ...] = ()
    paused_since: datetime | None = None
    paused_by: str = ""

    @property
    def missing(self) -> frozenset[str]:
        """Permissions the app needs and does not have."""
        return self.required - self.identity.permissions if self.identity else frozenset()


def gather(runtime: Runtime, shop: Shop, now: datetime) -> Evidence:
    """Ask the shop and read the tables. What the shop refuses to say becomes evidence itself."""
    ours = manifest()
    with runtime.engine.connect() as connection:
        pause = turns.paused(connection, shop.id)
        known = Evidence(
            shop_url=shop.api_url,
            now=now,
            required=frozenset(ours["permissions"]),
            webhook_names=frozenset(webhook["name"] for webhook in ours["webhooks"]),
            ruled=frozenset() if shop.state in LEAVING else frozenset(connection.scalars(_ruled(shop.id))),
            overfull=_units(connection, _overfull(shop.id)),
            overruns=_units(connection, _overruns(shop.id)),
            pool_shipments=_units(connection, _pool_shipments(shop.id)),
            paused_since=pause.at if pause else None,
            paused_by=pause.who if pause else "",
        )
    if shop.state == "removed":
        return replace(known, trouble=ShopError(REMOVED, retry=False, code=TOKEN_DEAD))
    try:
        return _ask(runtime.platform(shop), known)
    except SealBroken as broken:
        return replace(known, trouble=ShopError(broken.said.text, retry=False, code=SEAL_BROKEN))
    except ShopError as trouble:
        return replace(known, trouble=trouble)


def _ask(platform: Platform, known: Evidence) -> Evidence:
    known = replace(known, identity=platform.identity())
    if not known.missing:
        known = replace(known, layout=platform.layout(), own_preorders=tuple(platform.own_preorders()))
    return replace(known, webhooks=tuple(platform.webhooks()))


def _ruled(shop_id: int) -> Select[str]:
    """Channels in which some rule sells past zero: for the shop, the channel, or what a variant listed there is in."""
    here = or_(Rule.scope == Scope.SHOP, Rule.target == Channel.id, *(_listed_here(shop_id, scope) for scope in NARROW))
    rule = select(Rule.id).where(
        Rule.shop_id == shop_id,
        Rule.fields["mode"].astext.in_(("backorder", "preorder")),
        Rule.channel_id.in_(("", Channel.id)),
        here,
    )
    return select(Channel.id).where(Channel.shop_id == shop_id, Channel.active, rule.exists())


def _listed_here(shop_id: int, scope: Scope) -> ColumnElement[bool]:
    """Whether a rule of this scope concerns a variant that the channel lists."""
    listed = select(Variant.id).where(
        Variant.shop_id == shop_id,
        rulebook.belongs_to(scope, Rule.target),
        func.jsonb_exists(Variant.listed_in, Channel.id),
    )
    return and_(Rule.scope == scope, listed.correlate(Rule, Channel).exists())


def _overfull(shop_id: int) -> Select[str, str, int, str]:
    return (
        select(Variant.sku, Warehouse.name, Stock.allocated - Stock.quantity, Warehouse.slug)
        .join(Stock, (Stock.shop_id == Variant.shop_id) & (Stock.variant_id == Variant.id))
        .join(Warehouse, (Warehouse.shop_id == Stock.shop_id) & (Warehouse.id == Stock.warehouse_id))
        .where(Variant.shop_id == shop_id, Stock.allocated > Stock.quantity, ~Warehouse.is_pool)
        .order_by((Stock.allocated - Stock.quantity).desc(), Variant.sku)
        .limit(MOST_ROWS)
    )


def _overruns(shop_id: int) -> Select[str, str, int, str]:
    """Units beyond the cap in orders that are still owed some."""
    return (
        select(Line.sku, Order.number, Overrun.units, Order.status)
        .join(Line, (Line.shop_id == Overrun.shop_id) & (Line.id == Overrun.line_id))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Overrun.shop_id == shop_id, Line.open > 0)
        .order_by(Overrun.found_at, Overrun.line_id)
        .limit(MOST_ROWS)
    )


def _pool_shipments(shop_id: int) -> Select[str, str, int, str]:
    return (
        select(Line.sku, Order.number, PoolShipment.units, PoolShipment.state)
        .join(Line, (Line.shop_id == PoolShipment.shop_id) & (Line.id == PoolShipment.line_id))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(PoolShipment.shop_id == shop_id, PoolShipment.state.in_(UNSETTLED))
        .order_by(PoolShipment.shipped_at, PoolShipment.id)
        .limit(MOST_ROWS)
    )


def _units(connection: Connection, query: Select[str, str, int, str]) -> tuple[Units, ...]:
    return tuple(Units(*row) for row in connection.execute(query))
