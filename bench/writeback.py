"""Writing a thousand changed variants back, against one call for each change.

A changed variant has another quantity in the pool and other metadata: two changes. The loop calls one mutation after
the other over one connection that stays open, on a sample; ours writes batches of a hundred as the worker does. The
goal is set for a real Saleor, and is measured there where SALEOR_URL, SALEOR_EMAIL and SALEOR_PASSWORD name one: it
gets a channel and variants of its own for the time. The sandbox does nothing of a real shop's work for a write, so its
figure has a goal of its own and says little about one.
"""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence

from app.platforms import Change, Platform, SetMetadata, SetStock
from app.platforms.saleor import Saleor
from bench.figure import Figure, at_least
from bench.stage import Scene
from tests.live import documents
from tests.live.client import Client
from tests.live.world import World

VARIANTS = 1000
BATCH = 100
SAMPLE = 50
TIMES_FASTER = 4
TIMES_FASTER_ON_THE_SANDBOX = 2

CREATE_VARIANTS = f"""mutation CreateVariants($product: ID!, $variants: [ProductVariantBulkCreateInput!]!) {{
  productVariantBulkCreate(product: $product, variants: $variants) {{
    results {{ productVariant {{ id }} {documents.ERRORS} }}
    {documents.ERRORS}
  }}
}}"""

Targets = tuple[Sequence[str], str]
"""Variants, and a warehouse in which each of them has a stock."""


def figures(scene: Scene) -> Iterator[Figure]:
    if url := os.environ.get("SALEOR_URL"):
        ratio = _on_a_real_one(Client(url, os.environ["SALEOR_EMAIL"], os.environ["SALEOR_PASSWORD"]))
        yield at_least("writeback_against_one_by_one", ratio, TIMES_FASTER)
        return
    with scene.app.platform() as platform:
        ratio = _ratio(platform, *_some(platform))
    yield at_least("writeback_against_one_by_one_on_the_sandbox", ratio, TIMES_FASTER_ON_THE_SANDBOX)


def _ratio(platform: Platform, variants: Sequence[str], warehouse: str) -> float:
    began = time.perf_counter()
    for change in _changes(variants[:SAMPLE], warehouse, 1):
        _write(platform, [change])
    one_by_one = (time.perf_counter() - began) / SAMPLE
    began = time.perf_counter()
    for start in range(0, len(variants), BATCH):
        _write(platform, _changes(variants[start : start + BATCH], warehouse, 2))
    return one_by_one * len(variants) / (time.perf_counter() - began)


def _changes(variants: Sequence[str], warehouse: str, turn: int) -> list[Change]:
    stocks = [SetStock(variant, warehouse, 1000 + turn) for variant in variants]
    told = {"dueback.bench.status": "backorder", "dueback.bench.backorder_left": str(turn)}
    return [*stocks, *(SetMetadata(variant, told) for variant in variants)]


def _write(platform: Platform, changes: Sequence[Change]) -> None:
    if refused := platform.write(changes):
        raise RuntimeError(f"{len(refused)} of {len(changes)} changes were refused: {refused[0].message}")


def _some(platform: Platform) -> Targets:
    """Variants of the sandbox; all have stocks in the same warehouses."""
    variants = [variant for page in platform.variant_ids() for variant in page][:VARIANTS]
    return variants, platform.variants(variants[:1])[0].stocks[0].warehouse


def _on_a_real_one(client: Client) -> float:
    world = World(client)
    try:
        variants, warehouse = _made(world)
        with contextlib.closing(Saleor(client.url, client.staff_token())) as platform:
            return _ratio(platform, variants, warehouse)
    finally:
        world.dissolve()
        client.close()


def _made(world: World) -> Targets:
    warehouse = world.warehouse()
    world.items(1, world.channel(warehouse))
    variants: list[str] = []
    for start in range(0, VARIANTS, BATCH):
        wanted = [
            {"attributes": [], "sku": f"{world.tag}-{number}", "stocks": [{"warehouse": warehouse.id, "quantity": 0}]}
            for number in range(start, start + BATCH)
        ]
        made = world.client.staff(CREATE_VARIANTS, product=world.products[0], variants=wanted)
        variants += [row["productVariant"]["id"] for row in made["results"]]
    return variants, warehouse.id
