"""Where it is kept what was done: our own record, and the histories that are kept beside what they are of.

Each source gives the same columns: what was done, to what (`subject`), and what else it concerns (`also`). Ids of ours
are texts here, as the platform's are. `at` and `id` are columns as they stand, so that an index gives the newest.
"""

from collections.abc import Mapping

from app.activity.telling import APP

COLUMNS = "id, at, who, kind, subject_kind, subject_id, subject_name, also_kind, also_id, also_name, params, effect"

_TOLD = f"SELECT {COLUMNS} FROM activities WHERE shop_id = :shop"  # noqa: S608 - our own names

# A rule has no name but its place: the scope, and for which target and channel.
_RULES = """
    SELECT c.id, c.at, c.who,
        CASE WHEN c.before IS NULL THEN 'rule.made' WHEN c.after IS NULL THEN 'rule.removed' ELSE 'rule.changed' END
            AS kind,
        'rule' AS subject_kind, c.scope || ':' || c.target || ':' || c.channel_id AS subject_id,
        c.target_name AS subject_name,
        CASE c.scope WHEN 'variant' THEN 'variant' WHEN 'channel' THEN 'channel' ELSE '' END AS also_kind,
        CASE WHEN c.scope IN ('variant', 'channel') THEN c.target ELSE '' END AS also_id,
        CASE WHEN c.scope IN ('variant', 'channel') THEN c.target_name ELSE '' END AS also_name,
        jsonb_build_object('scope', c.scope, 'target', c.target_name, 'channel', c.channel_id,
            'before', c.before, 'after', c.after) AS params,
        '{}'::jsonb AS effect
    FROM rule_changes AS c WHERE c.shop_id = :shop
"""

_OF_SUPPLY = """
        'supply' AS subject_kind, c.supply_id::text AS subject_id, s.reference AS subject_name,
        'variant' AS also_kind, s.variant_id AS also_id, coalesce(v.sku, '') AS also_name,
"""
_SUPPLY = """
    LEFT JOIN supplies AS s ON s.id = c.supply_id
    LEFT JOIN variants AS v ON v.shop_id = s.shop_id AND v.id = s.variant_id
    WHERE c.shop_id = :shop
"""

# What arrived is told by the receipts.
_SUPPLIES = f"""
    SELECT c.id, c.at, c.who, 'supply.' || c.kind AS kind, {_OF_SUPPLY}
        jsonb_build_object('before', c.before, 'after', c.after, 'why', c.why, 'reason', c.reason) AS params,
        '{{}}'::jsonb AS effect
    FROM supply_changes AS c {_SUPPLY} AND c.kind <> 'received'
"""  # noqa: S608

_RECEIPTS = f"""
    SELECT c.id, c.at, c.who, 'supply.received' AS kind, {_OF_SUPPLY}
        jsonb_build_object('units', c.units, 'source', c.source, 'received_on', c.received_on,
            'undone', c.undone_at IS NOT NULL) AS params,
        jsonb_build_object('units', c.units) AS effect
    FROM receipts AS c {_SUPPLY}
"""  # noqa: S608

_OF_LINE = """
        'order' AS subject_kind, coalesce(l.order_id, '') AS subject_id, coalesce(o.number, '') AS subject_name,
        'variant' AS also_kind, c.variant_id AS also_id, coalesce(v.sku, '') AS also_name,
"""
_LINE = """
    LEFT JOIN lines AS l ON l.shop_id = c.shop_id AND l.id = c.line_id
    LEFT JOIN orders AS o ON o.shop_id = l.shop_id AND o.id = l.order_id
    LEFT JOIN variants AS v ON v.shop_id = c.shop_id AND v.id = c.variant_id
"""
_TO_LINE = """
    LEFT JOIN lines AS tl ON tl.shop_id = c.shop_id AND tl.id = c.to_line_id
    LEFT JOIN orders AS t ON t.shop_id = tl.shop_id AND t.id = tl.order_id
    WHERE c.shop_id = :shop
"""
_DECIDED = """
        jsonb_build_object('why', c.why, 'to_order', t.number, 'units', c.units, 'day', c.day, 'decided', c.kind,
            'undone_why', c.undone_why) AS params,
"""

_DECISIONS = f"""
    SELECT c.id, c.at, c.who, 'queue.' || c.kind AS kind, {_OF_LINE} {_DECIDED} '{{}}'::jsonb AS effect
    FROM queue_moves AS c {_LINE} {_TO_LINE}
"""  # noqa: S608

_TAKEN_BACK = f"""
    SELECT c.id, c.undone_at AS at, c.undone_by AS who, 'queue.undone' AS kind, {_OF_LINE} {_DECIDED}
        '{{}}'::jsonb AS effect
    FROM queue_moves AS c {_LINE} {_TO_LINE} AND c.undone_at IS NOT NULL AND c.undone_by <> ''
"""  # noqa: S608

_OF_SHOP = """
        'shop' AS subject_kind, c.shop_id::text AS subject_id, s.name AS subject_name,
        '' AS also_kind, '' AS also_id, '' AS also_name,
"""

_PAUSES = f"""
    SELECT c.id, c.at, c.who, 'shop.paused' AS kind, {_OF_SHOP}
        jsonb_build_object('why', c.why) AS params, '{{}}'::jsonb AS effect
    FROM pauses AS c JOIN shops AS s ON s.id = c.shop_id WHERE c.shop_id = :shop
"""  # noqa: S608

_RESUMED = f"""
    SELECT c.id, c.undone_at AS at, c.undone_by AS who, 'shop.resumed' AS kind, {_OF_SHOP}
        jsonb_build_object('why', c.undone_why) AS params, '{{}}'::jsonb AS effect
    FROM pauses AS c JOIN shops AS s ON s.id = c.shop_id WHERE c.shop_id = :shop AND c.undone_at IS NOT NULL
"""  # noqa: S608

_POOL_SHIPMENTS = f"""
    SELECT hashtextextended(c.id, 0) AS id, c.found_at AS at, '' AS who, 'order.pool_shipped' AS kind, {_OF_LINE}
        jsonb_build_object('units', c.units, 'state', c.state) AS params, jsonb_build_object('units', c.units) AS effect
    FROM pool_shipments AS c {_LINE} WHERE c.shop_id = :shop
"""  # noqa: S608

_OVERRUNS = f"""
    SELECT hashtextextended(c.line_id, 0) AS id, c.found_at AS at, '{APP}' AS who, 'order.overrun' AS kind, {_OF_LINE}
        jsonb_build_object('units', c.units) AS params, jsonb_build_object('units', c.units) AS effect
    FROM overruns AS c {_LINE} WHERE c.shop_id = :shop
"""  # noqa: S608

SOURCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "told": (_TOLD, ()),
    "rules": (_RULES, ("rule",)),
    "supplies": (_SUPPLIES, ("supply",)),
    "receipts": (_RECEIPTS, ("supply",)),
    "decisions": (_DECISIONS, ("queue",)),
    "taken_back": (_TAKEN_BACK, ("queue",)),
    "pauses": (_PAUSES, ("shop",)),
    "resumed": (_RESUMED, ("shop",)),
    "pool_shipments": (_POOL_SHIPMENTS, ("order",)),
    "overruns": (_OVERRUNS, ("order",)),
}
"""Each with the families of kinds that it tells; none named: any."""
