"""Where the dashboard shows a page of ours: on a page of its own, in a widget, in a popup."""

from flask import request

# By the first part of the path below the shop's.
TARGETS = {"widgets": "widget", "popups": "popup"}
DEPTH = 3


def target() -> str:
    """What the page that is asked for is shown in. So it is told of its error and its question, too."""
    parts = request.path.split("/")
    return TARGETS.get(parts[DEPTH], "page") if len(parts) > DEPTH else "page"
