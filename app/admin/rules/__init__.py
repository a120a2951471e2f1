"""What the merchant allows: the rules, what they would do, where they come from, who changed them."""

from flask import Blueprint

views: Blueprint = Blueprint("rules", __name__)

from app.admin.rules import (  # noqa: E402 - they hang their pages on `views`
    channels,
    editing,
    history,
    listing,
    placing,
    removing,
    testing,
)

__all__ = ["channels", "editing", "history", "listing", "placing", "removing", "testing", "views"]
