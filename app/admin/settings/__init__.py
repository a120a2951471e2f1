"""What holds for the whole shop: calendar, language, whose turn it is, keys, a pause, leaving, and a check-up."""

from flask import Blueprint

views = Blueprint("settings", __name__)

from app.admin.settings import (  # noqa: E402 - they hang their pages on `views`
    checkup,
    general,
    keys,
    leaving,
    pausing,
    policy,
)

__all__ = ["checkup", "general", "keys", "leaving", "pausing", "policy", "views"]
