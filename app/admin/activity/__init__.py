"""Who or what did what, when, and its effect."""

from flask import Blueprint

views = Blueprint("activity", __name__)

from app.admin.activity import listing  # noqa: E402 - it hangs its pages on `views`

__all__ = ["listing", "views"]
