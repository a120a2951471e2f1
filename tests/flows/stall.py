"""A channel in full swing: what is on hand, what comes, who waits, and what has been done about it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.flows.scene import Scene
from tests.live.shop import Bought
from tests.live.waiting import eventually
from tests.live.world import Item, Place, World

EVIL = "<img src=/evil onerror=alert(1)><script>alert(1)</script> mug"


def in_days(days: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=days)


@dataclass(frozen=True)
class Stall:
    """Two of the first item are on hand, for somebody who ordered five; four orders wait for the second.

    Of each more is to come. Their product has a name that is meant to do harm.
    """

    world: World
    channel: Place
    warehouse: Place
    items: tuple[Item, Item, Item]
    ready: Bought
    waiting: tuple[Bought, ...]

    @property
    def product(self) -> str:
        return self.world.products[0]


def set_up(scene: Scene, world: World) -> Stall:
    warehouse = world.warehouse()
    channel = world.channel(warehouse)
    first, second, third = world.items(3, channel)
    with scene.server.shop.working():
        product = next(each for each in scene.server.shop.products if each.name.startswith(world.tag))
        scene.server.shop.set(product, name=EVIL)
    scene.shop.put(first, warehouse, 2)
    eventually(lambda: all(scene.dueback.knows(item.sku, channel.slug) for item in (first, second, third)), True)
    rule = ("--mode", "backorder", "--cap", "50", "--lead-days", "40", "--open-at", "always")
    scene.dueback.rule(f"channel:{channel.slug}", *rule, "--yes")
    scene.dueback.rule(f"variant:{third.sku}", "--cap", "20", "--yes")
    for item, reference in ((first, "PO-7"), (second, "PO-8"), (third, "PO-9")):
        where = ("--sku", item.sku, "--warehouse", warehouse.slug, "--supplier", "Kiln & Sons")
        what = ("--quantity", "10", "--eta", in_days(30).isoformat(), "--reference", reference)
        scene.dueback.shop_command("supply", "add", *where, *what)
    scene.dueback.wait()
    ready = scene.shop.buy(channel, (first, 5))
    waiting = tuple(scene.shop.buy(channel, (second, 2)) for _ in range(4))
    eventually(lambda: len(scene.dueback.queue(second.sku)), 4)
    eventually(lambda: [claim["waiting"] for claim in scene.dueback.queue(first.sku)], [3])
    return Stall(world, channel, warehouse, (first, second, third), ready, waiting)
