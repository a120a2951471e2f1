"""How the dashboard looks: its theme and its language, which our script keeps in two cookies of the shop's pages.

They are no part of the session. That is written as a whole by every answer that changes it, so that a late one would
put back what was so before; a script's cookie is there at once.
"""

from flask import has_request_context, request

THEMES = ("light", "dark")
LANGUAGES = ("en", "de")
THEME, LOCALE = "dueback-theme", "dueback-locale"


def theme() -> str:
    """As the dashboard's address says, else as it said last."""
    told = (request.args.get("theme"), request.cookies.get(THEME))
    return next((each for each in told if each in THEMES), THEMES[0])


def locale() -> str:
    """The language by the dashboard's own name for it, such as de-AT; our first one before it said any."""
    return request.cookies.get(LOCALE, LANGUAGES[0]) if has_request_context() else LANGUAGES[0]


def language(named: str) -> str:
    """The language of ours that comes nearest to the dashboard's."""
    options = (named, named.partition("-")[0])
    return next((option for option in options if option in LANGUAGES), LANGUAGES[0])
