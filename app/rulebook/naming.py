"""From the names people write to the places rules hold at: "category:mugs" in the channel "outlet"."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app.db import any_texts
from app.engine.rules import THE_SHOP, Scope
from app.models import Channel, Shop, Variant
from app.platforms import Platform
from app.rulebook.place import Place
from app.rulebook.wrong import BadRule, NoSuchTarget
from app.runtime import Runtime
from app.sentences import NONE

FORMS = "shop, channel:SLUG, product_type:SLUG, category:SLUG, collection:SLUG, product:SLUG, variant:SKU"
MOST_SLUGS = 100
MISSING = {
    Scope.PRODUCT: lazy("scope: The shop has no product with the slug {slug}."),
    Scope.PRODUCT_TYPE: lazy("scope: The shop has no product type with the slug {slug}."),
    Scope.CATEGORY: lazy("scope: The shop has no category with the slug {slug}."),
    Scope.COLLECTION: lazy("scope: The shop has no collection with the slug {slug}."),
}


class Named(NamedTuple):
    """A scope and the name of its target, as people write it; the name is empty for the shop."""

    scope: Scope
    name: str


def resolve(runtime: Runtime, shop: Shop, scope: str, channel_slug: str | None = None) -> Place:
    """The place people mean. Raises NoSuchTarget, BadRule; ShopError where the shop itself must be asked and fails."""
    found = resolve_all(runtime, shop, [(scope, channel_slug)])[scope, channel_slug]
    if isinstance(found, BadRule):
        raise found
    return found


def resolve_all(
    runtime: Runtime, shop: Shop, wanted: Collection[tuple[str, str | None]]
) -> dict[tuple[str, str | None], Place | BadRule]:
    """The place, or what is wrong with it, for each (scope, channel slug). Asks the shop a hundred names at a time."""
    named = {text: parsed(text) for text, _ in wanted}
    found = _targets(runtime, shop, {name for name in named.values() if isinstance(name, Named)})
    with runtime.engine.connect() as connection:
        channels = channel_ids(connection, shop.id)
    return {(text, channel): _place(named[text], found, channels, channel) for text, channel in wanted}


def parsed(text: str) -> Named | BadRule:
    """What is written, if it is a scope."""
    kind, colon, name = text.partition(":")
    if kind not in set(Scope) or bool(name) == (kind == Scope.SHOP) or (colon and not name):
        return BadRule(lazy("scope: {scope} is no scope. Write one of: {forms}."), scope=repr(text), forms=FORMS)
    return Named(Scope(kind), name)


def channel_ids(connection: Connection, shop_id: int) -> dict[str, str]:
    """The ids of the shop's channels by slug."""
    query = select(Channel.slug, Channel.id).where(Channel.shop_id == shop_id)
    return {row.slug: row.id for row in connection.execute(query)}


def channel_slugs(connection: Connection, shop_id: int) -> dict[str, str]:
    """The slugs of the shop's channels by id."""
    return {channel: slug for slug, channel in channel_ids(connection, shop_id).items()}


Found = Mapping[Named, str | BadRule]


def _place(
    named: Named | BadRule, found: Found, channels: Mapping[str, str], channel_slug: str | None
) -> Place | BadRule:
    if isinstance(named, BadRule):
        return named
    if channel_slug and channel_slug not in channels:
        return _unknown("channel", channel_slug, channels)
    target = found[named]
    if isinstance(target, BadRule):
        return target
    channel = channels[channel_slug] if channel_slug else ""
    if named.scope is Scope.CHANNEL and channel not in {"", target}:
        return BadRule(
            lazy("channel: A rule for the channel {name} holds nowhere but there. Leave {other} out."),
            name=named.name,
            other=channel_slug,
        )
    return Place(named.scope, target, named.name, channel)


def _targets(runtime: Runtime, shop: Shop, wanted: Collection[Named]) -> dict[Named, str | BadRule]:
    names = defaultdict(list)
    for scope, name in sorted(wanted):
        names[scope].append(name)
    found: dict[Named, str | BadRule] = {Named(Scope.SHOP, ""): THE_SHOP}
    with runtime.engine.connect() as connection:
        found |= _channels(connection, shop, names.pop(Scope.CHANNEL, []))
        found |= _variants(connection, shop, names.pop(Scope.VARIANT, []))
    names.pop(Scope.SHOP, None)
    if names:
        platform = runtime.platform(shop)
        try:
            for scope, slugs in names.items():
                found |= _asked(platform, scope, slugs)
        finally:
            platform.close()
    return found


def _channels(connection: Connection, shop: Shop, slugs: Sequence[str]) -> dict[Named, str | BadRule]:
    known = channel_ids(connection, shop.id)
    return {Named(Scope.CHANNEL, slug): known.get(slug) or _unknown("channel", slug, known) for slug in slugs}


def _variants(connection: Connection, shop: Shop, skus: Sequence[str]) -> dict[Named, str | BadRule]:
    ids = defaultdict(list)
    query = select(Variant.sku, Variant.id).where(Variant.shop_id == shop.id, Variant.sku == any_texts(skus))
    for sku, variant in connection.execute(query):
        ids[sku].append(variant)
    return {Named(Scope.VARIANT, sku): _only(sku, ids[sku]) for sku in skus}


def _only(sku: str, ids: Sequence[str]) -> str | BadRule:
    match ids:
        case [variant]:
            return variant
        case []:
            return NoSuchTarget(
                lazy(
                    "scope: Dueback knows no variant with the SKU {sku}. If it is new in the shop, `dueback sweep` "
                    "finds it."
                ),
                sku=sku,
            )
        case _:
            return NoSuchTarget(
                lazy("scope: {variants} have the SKU {sku}; give each its own in the shop."), variants=len(ids), sku=sku
            )


def _asked(platform: Platform, scope: Scope, slugs: Sequence[str]) -> dict[Named, str | BadRule]:
    """What the shop says the slugs are."""
    ids: dict[str, str] = {}
    for first in range(0, len(slugs), MOST_SLUGS):
        ids |= platform.ids_by_slug(scope.value, slugs[first : first + MOST_SLUGS])
    return {Named(scope, slug): ids.get(slug) or NoSuchTarget(MISSING[scope], slug=slug) for slug in slugs}


def _unknown(field: str, channel: str, known: Collection[str]) -> NoSuchTarget:
    return NoSuchTarget(
        lazy("{field}: The shop has no channel {channel}. It has: {known}."),
        field=field,
        channel=channel,
        known=", ".join(sorted(known)) or NONE,
    )
