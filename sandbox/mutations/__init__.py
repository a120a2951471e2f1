"""What can be done to the shop. Each mutation is a unit of work; its refusals are Saleor's."""

from . import (  # noqa: F401  they register themselves
    apps,
    cart,
    channels,
    completion,
    drafts,
    fulfilment,
    imports,
    meta,
    orders,
    payments,
    products,
    shop,
    stocks,
    variants,
    warehouses,
    webhooks,
    zones,
)
