"""A large shop, in the book only: no platform stands behind it."""

import contextlib
from collections.abc import Iterator

import psycopg

from tests.conftest import fresh_database

VARIANTS = 100_000
CLAIMS_EACH = 10
CLAIMS = VARIANTS * CLAIMS_EACH

FILL = """
INSERT INTO shops (api_url, app_id, token) VALUES ('https://shop.example/graphql/', 'App', '');
INSERT INTO warehouses (shop_id, id, slug, name, is_pool)
SELECT id, w, lower(w), w, w = 'P' FROM shops, unnest(ARRAY['A', 'B', 'P']) AS w;
INSERT INTO channels (shop_id, id, slug, name, active, strategy, warehouses, pool)
SELECT id, 'C', 'web', 'Web', true, 'PRIORITIZE_SORTING_ORDER', '["P", "A", "B"]', 'P' FROM shops;
INSERT INTO rules (shop_id, scope, target, fields)
SELECT id, 'shop', '', '{{"mode": "backorder", "cap": 20, "lead_days": 14}}' FROM shops;
INSERT INTO variants
    (shop_id, id, sku, name, product_id, product_name, product_type_id, listed_in, tracked, observed_at)
SELECT id, 'V' || n, 'SKU-' || n, 'Variant ' || n, 'P' || n / 10, 'Product', 'T', '["C"]', true, now()
FROM shops, generate_series(1, {variants}) AS n;
INSERT INTO stocks (shop_id, variant_id, warehouse_id, quantity, allocated, changed_at)
SELECT shop_id, variants.id, w, CASE w WHEN 'P' THEN 24 ELSE 3 END, CASE w WHEN 'P' THEN 10 ELSE 0 END, now()
FROM variants, unnest(ARRAY['A', 'B', 'P']) AS w;
INSERT INTO supplies (shop_id, variant_id, warehouse_id, quantity, eta)
SELECT shop_id, id, 'A', 3, current_date + 10 FROM variants;
INSERT INTO orders (shop_id, id, number, channel_id, status, origin, created_at, queued_at, observed_at)
SELECT id, 'O' || n, n, 'C', 'UNFULFILLED', 'CHECKOUT', at, at, now()
FROM shops, generate_series(1, {variants}) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS placed;
INSERT INTO lines
    (turn, shop_id, id, order_id, channel_id, order_number, variant_id, sku, quantity, open, allocations, layers)
SELECT to_char(queued_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') || ' ' || lpad(number, 20, '0') || ' L' || number
    || '-' || k, shop_id, 'L' || number || '-' || k, id, channel_id, number,
    'V' || (number::int * 7 + k * 1009) % {variants} + 1, 'SKU', 1, 1,
    '{{"P": 1}}', jsonb_build_array(jsonb_build_object('at', queued_at, 'units', 1))
FROM orders, generate_series(1, {each}) AS k;
"""


@contextlib.contextmanager
def filled(server: str) -> Iterator[str]:
    """A database with the shop in it, each variant with ten orders of one unit. Yields its URL."""
    with fresh_database(server) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(FILL.format(variants=VARIANTS, each=CLAIMS_EACH))
            connection.execute("ANALYZE")
        yield url
