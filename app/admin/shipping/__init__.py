"""What can leave now, and letting it leave."""

from app.admin.shipping import leaving, listing, picking
from app.admin.shipping.mounting import views

__all__ = ["leaving", "listing", "picking", "views"]
