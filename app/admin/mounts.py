"""Where the dashboard shows a page of ours: on a page of its own, in a widget, in a popup; and what it tells there."""

import contextlib
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict

# By the first part of the path below the shop's.
TARGETS = {"widgets": "widget", "popups": "popup"}
DEPTH = 3
MOST_PARAMS = 20


def target() -> str:
    """What the page that is asked for is shown in. So it is told of its error and its question, too."""
    parts = request.path.split("/")
    return TARGETS.get(parts[DEPTH], "page") if len(parts) > DEPTH else "page"


def told() -> MultiDict[str, str]:
    """What the page is about: as the dashboard says, or our own widget that opened it, or the form that was made there.

    The dashboard passes on only one text from the widget, `appParams`: what would else stand in the address.
    """
    if request.method == "POST":
        return request.form
    found = MultiDict(request.args)
    with contextlib.suppress(ValueError):
        found.update(parse_qsl(found.pop("appParams", ""), max_num_fields=MOST_PARAMS))
    return found
