"""What changes the shop's own settings is asked first, on a page that says what it means."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from app.admin.acting import Refused
from app.admin.visit import Visit
from app.pools import NeedsConsent

AGREE = "agree"


def agreed() -> bool:
    """Whether the form says that its sender has read what would change, and wants it."""
    return request.form.get(AGREE) == "1"


@contextmanager
def asking() -> Iterator[None]:
    """Lets what needs consent be asked for, by the page that `or_ask` makes."""
    try:
        yield
    except NeedsConsent as asked:
        g.consent = str(asked)
        raise Refused(g.consent) from asked


def or_ask(again: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """The page to show where a form was refused: the question, where consent is all that is missing."""

    def shown(visit: Visit, **arguments: object) -> ResponseReturnValue:
        if not g.get("consent"):
            return again(visit, **arguments)
        g.wrong = None
        kept = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "once"}]
        return render_template("admin/consent.html", visit=visit, asked=g.consent, kept=kept)

    return shown
