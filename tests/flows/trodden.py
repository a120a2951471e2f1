"""What has been done at a stall, so that no page of the desk is empty, and the names of it all in addresses."""

import json
from dataclasses import asdict
from urllib.parse import quote

from sqlalchemy import Connection, Engine, insert, select

from app import keys, tasks, turns
from app.admin.acting import Done
from app.api import repeats
from app.imports import uploads
from app.models import (
    Channel,
    Key,
    Line,
    Receipt,
    Rule,
    RuleChange,
    SavedView,
    Shop,
    StockRise,
    Supplier,
    Supply,
    Upload,
)
from sandbox.seed import STAFF_EMAIL
from tests.flows.scene import Scene
from tests.flows.stall import Stall, in_days
from tests.live.waiting import eventually

OUTCOMES = ({"order": "12", "kind": "done", "said": "Done."}, {"order": "13", "kind": "refused", "said": "It left."})
FILE = b"reference,sku,warehouse,quantity,eta\nPO-11,nothing,nowhere,4,2027-03-01\n"


def names(scene: Scene, stall: Stall) -> dict[str, str]:
    """Do some of everything. Returns what stands in addresses, by what it is."""
    high = stall.world.channel(stall.warehouse, strategy="PRIORITIZE_HIGH_STOCK")
    received = _arrived(scene, stall)
    with scene.dueback.inside() as (runtime, shop):
        with runtime.engine.begin() as connection:
            upload = _decided(connection, shop, stall)
        _answered(runtime.engine, shop.id)
        tasks.ask_import(shop.id, upload)
        eventually(lambda: _state(runtime.engine, upload), "checked")
        with runtime.engine.connect() as connection:
            found = _numbers(connection, stall) | _named(connection, received)
    eventually(lambda: len(scene.read(select(Channel.id).where(Channel.slug == high.slug))), 1)
    return found | {"upload": str(upload), "high": high.slug}


def _arrived(scene: Scene, stall: Stall) -> int:
    """Of the third item some have arrived, and its stock rose by more. Returns the number of the supply."""
    [supply] = scene.read(select(Supply.id).where(Supply.variant_id == stall.items[2].id))
    scene.dueback.shop_command("supply", "receive", str(supply.id), "--quantity", "2")
    scene.shop.put(stall.items[2], stall.warehouse, 5)
    eventually(lambda: len(scene.read(select(StockRise.id).where(StockRise.state == "open"))) > 0, True)
    return int(supply.id)


def _decided(connection: Connection, shop: Shop, stall: Stall) -> int:
    """Somebody has held a line, made a key, saved a view and sent a file. Returns the number of the file."""
    query = select(Line.id).where(Line.order_id == stall.waiting[1].id)
    turns.hold(connection, shop, list(connection.scalars(query)), who=STAFF_EMAIL, why="the address is unclear")
    keys.add(connection, shop.id, "ERP", ["read"], 60, who=STAFF_EMAIL)
    view = {"shop_id": shop.id, "who": STAFF_EMAIL, "name": "Late ones", "filters": {"state": "late"}}
    connection.execute(insert(SavedView).values(view))
    return uploads.receive(connection, shop.id, "supplies", "orders.csv", FILE, who=STAFF_EMAIL)


def _answered(engine: Engine, shop_id: int) -> None:
    """What came of a form that was about several orders."""
    taken = repeats.begin(engine, shop_id, "form:walk", "walk", whole=True)
    with engine.begin() as connection:
        repeats.keep(connection, taken, 303, json.dumps(asdict(Done("", "", outcomes=OUTCOMES))))


def _state(engine: Engine, upload: int) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(select(Upload.state).where(Upload.id == upload))


def _numbers(connection: Connection, stall: Stall) -> dict[str, str]:
    """Of orders and their lines, of what is sold and where, as the shop names them."""
    lines = {row.order_id: quote(row.id) for row in connection.execute(select(Line.order_id, Line.id))}
    return {
        "order": quote(stall.ready.id),
        "line": lines[stall.waiting[0].id],
        "held": lines[stall.waiting[1].id],
        "variant": quote(stall.items[0].id),
        "sku": stall.items[0].sku,
        "product": quote(stall.product),
        "channel": stall.channel.slug,
        "later": in_days(60).isoformat(),
    }


def _named(connection: Connection, received: int) -> dict[str, str]:
    """What has numbers of our own."""
    queries = {
        "supply": select(Supply.id).where(Supply.reference == "PO-7"),
        "supplier": select(Supplier.id),
        "rule": select(Rule.id).where(Rule.scope == "channel"),
        "change": select(RuleChange.id),
        "key": select(Key.id),
        "receipt": select(Receipt.id).where(Receipt.supply_id == received),
    }
    found = {name: str(connection.scalars(query.limit(1)).one()) for name, query in queries.items()}
    return found | {"received": str(received)}
