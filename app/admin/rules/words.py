"""Places and rules as people call them, with the addresses of their pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app import rulebook
from app.engine.rules import Rule as EngineRule
from app.engine.rules import Scope
from app.models import Channel, Rule
from app.rulebook import Kept, Place
from app.wording import gettext as _

SCOPES: Mapping[str, Any] = {
    Scope.VARIANT.value: lazy("One variant"),
    Scope.PRODUCT.value: lazy("One product"),
    Scope.COLLECTION.value: lazy("A collection"),
    Scope.CATEGORY.value: lazy("A category and all below it"),
    Scope.PRODUCT_TYPE.value: lazy("A product type"),
    Scope.CHANNEL.value: lazy("A channel"),
    Scope.SHOP.value: lazy("The whole shop"),
}
PLACES: Mapping[str, Any] = {
    Scope.VARIANT.value: lazy("Variant %(name)s"),
    Scope.PRODUCT.value: lazy("Product %(name)s"),
    Scope.COLLECTION.value: lazy("Collection %(name)s"),
    Scope.CATEGORY.value: lazy("Category %(name)s"),
    Scope.PRODUCT_TYPE.value: lazy("Product type %(name)s"),
    Scope.CHANNEL.value: lazy("Channel %(name)s"),
    Scope.SHOP.value: lazy("The whole shop"),
}
NOBODY = lazy("no rule says so")


class Names:
    """The shop's channels by id, and ways to say where a rule holds."""

    def __init__(self, connection: Connection, shop_id: int) -> None:
        query = select(Channel.id, Channel.slug, Channel.name, Channel.active, Channel.pool)
        self.channels = connection.execute(query.where(Channel.shop_id == shop_id).order_by(Channel.name)).all()
        self._slugs: dict[str, str] = {row.id: row.slug for row in self.channels}
        self._names: dict[str, str] = {row.id: row.name for row in self.channels}

    def slug(self, channel_id: str) -> str:
        return self._slugs.get(channel_id, "")

    def channel_id(self, slug: str) -> str:
        """The id of the channel with this slug; the text itself where there is none, which finds nothing."""
        return next((row.id for row in self.channels if row.slug == slug), slug)

    def channel(self, channel_id: str) -> str:
        """The name of the channel; empty for every channel."""
        return self._names.get(channel_id, _("a channel that is gone")) if channel_id else ""

    def place(self, scope: str, target: str, name: str, channel_id: str = "") -> str:
        """Where a rule holds: "Category mugs, only in Outlet"."""
        called = str(PLACES[scope]) % {"name": name or self._names.get(target) or _("that is gone")}
        if not channel_id:
            return called
        return str(_("%(place)s, only in %(channel)s", place=called, channel=self.channel(channel_id)))

    def of(self, row: Kept | Place) -> str:
        """The place of a rule's row, of a change's, or a place."""
        return self.place(str(row.scope), row.target, row.target_name, row.channel_id)

    def origin(self, rule: EngineRule | None) -> str:
        """Where a value comes from."""
        return self.place(rule.scope, rule.target, rule.name, rule.channel) if rule else str(NOBODY)


def rule_ids(connection: Connection, shop_id: int, rules: list[EngineRule]) -> dict[tuple[str, str, str], int]:
    """The numbers of these rules, by scope, target and channel."""
    query = select(Rule.scope, Rule.target, Rule.channel_id, Rule.id).where(
        Rule.shop_id == shop_id, Rule.target.in_({rule.target for rule in rules})
    )
    return {(row.scope, row.target, row.channel_id): row.id for row in connection.execute(query)}


def link(shop_id: int, rule_id: int) -> str:
    return url_for("rules.edit", shop_id=shop_id, rule_id=rule_id)


def named_clash(clash: rulebook.Clash, names: Names) -> str:
    """Which of two collections decides."""
    where = names.channel(clash.channel_id)
    said = _(
        "%(field)s: %(wins)s decides over %(loses)s for the %(count)s variants in both, since it is the first by name.",
        field=clash.field, wins=clash.wins, loses=clash.loses, count=clash.variants,
    )  # fmt: skip
    return f"{where}: {said}" if where else str(said)
