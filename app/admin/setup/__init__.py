"""The guide from an empty shop to the first variant open."""

from flask import Blueprint

views: Blueprint = Blueprint("setup", __name__)

from app.admin.setup import checks, steps  # noqa: E402 - they hang their pages on `views`
from app.admin.setup.steps import page  # noqa: E402

__all__ = ["checks", "page", "steps", "views"]
