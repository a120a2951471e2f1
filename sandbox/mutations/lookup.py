"""Find what a mutation names, or refuse it in Saleor's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.api.ids import ROW_TYPES, pk_of
from sandbox.api.refusals import Invalid
from sandbox.state.places import Address, Channel
from sandbox.state.shop import Shop


def row(shop: Shop, global_id: str | None, type_name: str, field: str = "id") -> Any:
    """The row of this type; refused with NOT_FOUND, or GRAPHQL_ERROR where the id is of another type."""
    pk = pk_of(global_id or "", type_name, field=field)
    found = shop.tables[ROW_TYPES[type_name]].get(pk)
    if found is None:
        raise Invalid(field, "NOT_FOUND", f"Couldn't resolve to a node: {global_id}")
    return found


def rows(shop: Shop, global_ids: Iterable[str] | None, type_name: str, field: str) -> list[Any]:
    return [row(shop, global_id, type_name, field) for global_id in global_ids or ()]


def method(shop: Shop, global_id: str, field: str = "id") -> Any:
    pk = pk_of(global_id, "ShippingMethod", "ShippingMethodType", "CheckoutDelivery", field=field)
    found = shop.methods.get(pk)
    if found is None:
        raise Invalid(field, "NOT_FOUND", f"Couldn't resolve to a node: {global_id}")
    return found


def channel_by_slug(shop: Shop, slug: str | None, field: str = "channel") -> Channel:
    if slug is None:
        active = [each for each in shop.channels if each.is_active]
        if len(active) != 1:
            raise Invalid(field, "MISSING_CHANNEL_SLUG", "You need to provide channel slug.")
        return active[0]
    found = next((each for each in shop.channels if each.slug == slug), None)
    if found is None:
        raise Invalid(field, "NOT_FOUND", f"Channel with '{slug}' slug does not exist.")
    return found


def metadata(entries: Iterable[Mapping[str, str]] | None, field: str = "metadata") -> dict[str, str]:
    found = {entry["key"]: entry["value"] for entry in entries or ()}
    if any(not key.strip() for key in found):
        raise Invalid(field, "REQUIRED", "Metadata key cannot be empty.")
    return found


_ADDRESS = (
    "first_name",
    "last_name",
    "company_name",
    "street_address1",
    "street_address2",
    "city",
    "city_area",
    "postal_code",
    "country_area",
)


def address(given: Mapping[str, Any] | None, field: str = "country") -> Address | None:
    """An address as rows keep it; every part is text, the country a code."""
    if given is None:
        return None
    if not given.get("country"):
        raise Invalid(field, "REQUIRED", "This field is required.", address_type=None)
    kept: Address = {name: given.get(name) or "" for name in _ADDRESS}
    return kept | {"id": "QWRkcmVzczox", "country": given["country"], "phone": given.get("phone") or None}


def slug_for(taken: Iterable[str], name: str, wanted: str | None = None) -> str:
    """The slug asked for, else one made of the name that nobody has."""
    base = wanted or "-".join(word for word in _words(name) if word) or "item"
    slug, count, used = base, 1, set(taken)
    while slug in used:
        if wanted:
            raise Invalid("slug", "UNIQUE", "Slug must be unique.")
        count += 1
        slug = f"{base}-{count}"
    return slug


def _words(name: str) -> list[str]:
    return "".join(letter.lower() if letter.isalnum() else " " for letter in name).split()
