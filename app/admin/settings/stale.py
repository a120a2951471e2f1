"""Settings that somebody else changed while a form was open are shown, not overwritten."""

import hashlib
import json
from typing import Any

from flask import g, request

from app.admin.acting import Refused
from app.wording import gettext as _

FIELD = "was"


def mark_of(values: Any) -> str:
    """What tells these values from others, as a form carries it."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def check(values: Any) -> None:
    """Raises Refused where the form was made when other values held."""
    if request.form.get(FIELD) != mark_of(values):
        g.stale = True
        raise Refused(
            _("Somebody changed this while you did. Nothing of yours was kept. See what holds now, then send again.")
        )
