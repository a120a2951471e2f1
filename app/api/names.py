"""Names in what is asked, where something that nobody knows is not found."""

from app.api import fields
from app.api.call import Call
from app.api.problem import Problem
from app.supply import BadSupply
from app.supply.naming import variants


def variant_of(call: Call, sku: str) -> str:
    """The id of the one variant with this SKU. Raises Problem."""
    try:
        return variants(call.connection, call.shop.id, [sku])[sku]
    except BadSupply as unknown:
        raise Problem(404, fields.told(unknown)) from unknown
