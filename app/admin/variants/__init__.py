"""What may be ordered past zero: the variants side by side, and one of them with its reasons."""

from flask import Blueprint

views = Blueprint("variants", __name__)

from app.admin.variants import listing, one  # noqa: E402 - they hang their pages on `views`

__all__ = ["listing", "one", "views"]
