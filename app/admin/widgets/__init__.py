"""Beside an order and a product in the dashboard itself: widgets that say how it stands, popups that change it."""

from flask import Blueprint

views = Blueprint("widgets", __name__)

from app.admin.widgets import order, product  # noqa: E402 - they hang their pages on `views`

__all__ = ["order", "product", "views"]
