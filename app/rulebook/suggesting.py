"""Names that people may mean while they type the target of a rule."""

import contextlib

from sqlalchemy import Connection, func, or_, select

from app.engine.rules import Scope
from app.models import Channel, Shop, Variant
from app.runtime import Runtime

MOST = 10

Suggestion = tuple[str, str]
"""What a rule's scope takes, a slug or a SKU, and what people call it."""


def suggestions(runtime: Runtime, connection: Connection, shop: Shop, scope: Scope, text: str) -> list[Suggestion]:
    """A few targets of the scope with the text in their names. The book knows variants and channels.

    The shop is asked for the rest. Raises ShopError where it does not answer.
    """
    match scope:
        case Scope.SHOP:
            return []
        case Scope.VARIANT:
            return _variants(connection, shop.id, text)
        case Scope.CHANNEL:
            query = select(Channel.slug, Channel.name).where(Channel.shop_id == shop.id).order_by(Channel.slug)
            return [(row.slug, row.name) for row in connection.execute(query)]
        case _:
            with contextlib.closing(runtime.platform(shop)) as platform:
                return platform.search(scope.value, text)[:MOST]


def _variants(connection: Connection, shop_id: int, text: str) -> list[Suggestion]:
    columns = (Variant.sku, Variant.name, Variant.product_name)
    query = (
        select(Variant.sku, func.concat_ws(", ", Variant.product_name, Variant.name))
        .where(Variant.shop_id == shop_id, Variant.sku != "")
        .where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
        .order_by(Variant.sku)
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]
