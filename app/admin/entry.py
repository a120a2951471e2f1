"""Coming in: the dashboard's token is exchanged for a session; until then a page that holds nothing asks for it."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import structlog
from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as lazy
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from app.admin import looks, staff
from app.admin.staff import Staff
from app.admin.tokens import BadToken, Tokens
from app.models import Shop
from app.runtime import Runtime
from app.shop_keys import KeysOutOfReach
from app.wording import said_in

log = structlog.get_logger()

views = Blueprint("entry", __name__)

# What the dashboard adds to an address; in our own addresses it says nothing.
FROM_DASHBOARD = ("domain", "saleorApiUrl", "id", "theme")
FLAGS = "featureFlags"
LONGEST_NUMBER = 18
OUT_OF_REACH = lazy("The shop does not answer just now. Reload the page in a moment.")


class Exchange(BaseModel):
    """What the page's script sends once the dashboard has handed it a token."""

    model_config = ConfigDict(str_max_length=20_000)

    token: str
    parent: str = Field(max_length=300)
    locale: str = ""


@views.get("/admin")
@views.get("/admin/")
@views.get("/admin/<path:path>")
def begin(path: str = "") -> ResponseReturnValue:
    """An address that does not say which shop: the dashboard's own, as it stands in the manifest."""
    first = path.partition("/")[0]
    if first.isdecimal():
        # No page has this address: every one that exists is found before.
        return abort(404) if len(first) > LONGEST_NUMBER or staff.of_shop(int(first)) else sign_in_first(int(first))
    shop_id = _shop_meant()
    if shop_id is None or staff.of_shop(shop_id) is None:
        return ask_for_token()
    kept = own(request.args) | {name: request.args[name] for name in ("theme",) if name in request.args}
    query = f"?{urlencode(kept)}" if kept else ""
    return redirect(f"/admin/{shop_id}/{path}{query}")


def own(args: Mapping[str, str]) -> dict[str, str]:
    """What an address says to us, without what the dashboard adds to every one."""
    return {name: value for name, value in args.items() if name not in FROM_DASHBOARD and not name.startswith(FLAGS)}


def _shop_meant() -> int | None:
    known = staff.shops()
    if api_url := request.args.get("saleorApiUrl"):
        runtime: Runtime = current_app.extensions["dueback"]
        with runtime.engine.connect() as connection:
            return connection.scalar(select(Shop.id).where(Shop.api_url == api_url, Shop.id.in_(known)))
    return known[0] if len(known) == 1 else None


def sign_in_first(shop_id: int) -> ResponseReturnValue:
    """Nobody is signed in for the shop of this address.

    Whoever is signed in elsewhere and did not come from a dashboard asks for another shop's page: there is none.
    """
    if staff.shops() and "saleorApiUrl" not in request.args and request.method == "GET":
        log.info("another shop's address", shop=shop_id)
        abort(404)
    return ask_for_token()


def ask_for_token() -> Response:
    """A page without anything in it that asks the dashboard who this is, then goes on to what was asked for.

    A form that was sent meanwhile is kept in the page and sent again.
    """
    if request.headers.get("Sec-Fetch-Dest") == "document":
        return make_response(render_template("admin/outside.html"))
    page = render_template(
        "admin/sign_in.html",
        kept=[] if request.method == "GET" else list(request.form.items(multi=True)),
        again=request.method == "POST",
    )
    answer = make_response(page, 401)
    answer.headers["Content-Security-Policy"] = policy("http: https:")
    return answer


@views.post("/admin/session")
def exchange() -> ResponseReturnValue:
    """A token for a session. The token is the proof, so no other is asked for."""
    tokens: Tokens = current_app.extensions["dueback-tokens"]
    try:
        asked = Exchange.model_validate_json(request.get_data())
    except ValidationError:
        return {"message": "Send token and parent as JSON."}, 400
    locale = looks.language(asked.locale)
    try:
        proven = tokens.check(asked.token)
        parent = _origin(asked.parent)
    except BadToken as bad:
        return {"message": said_in(locale, bad)}, 401
    except KeysOutOfReach:
        return {"message": said_in(locale, OUT_OF_REACH)}, 503
    staff.keep(Staff(proven.shop_id, proven.email, proven.may, proven.until, parent))
    return {"shop": proven.shop_id, "until": proven.until}


def policy(ancestors: str) -> str:
    """The Content-Security-Policy of a page that these may show in a frame."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )


def _origin(text: str) -> str:
    """Raises BadToken: a parent that is no origin would open the page's frame to others."""
    parts = urlsplit(text)
    origin = f"{parts.scheme}://{parts.netloc}"
    if (
        parts.scheme not in {"http", "https"}
        or origin != text
        or not all(c.isalnum() or c in ".-:[]" for c in parts.netloc)
    ):
        raise BadToken(lazy("The dashboard's address cannot be understood."))
    return origin
