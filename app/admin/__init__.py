"""The merchant's pages, inside the dashboard's iframe. One file per subject; `register` mounts them all."""

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from app import installs
from app.admin import (
    acting,
    activity,
    entry,
    home,
    imports,
    insight,
    language,
    looks,
    menu,
    mounts,
    queue,
    rules,
    settings,
    setup,
    shipping,
    staff,
    supply,
    variants,
    widgets,
)
from app.admin.freshness import behind_since, is_paused
from app.admin.tokens import Tokens
from app.runtime import Runtime

PREFIX = "/admin"
PAGES = tuple(
    part.views
    for part in (
        entry,
        home,
        setup,
        queue,
        shipping,
        variants,
        supply,
        imports,
        rules,
        insight,
        activity,
        settings,
        widgets,
    )
)
ASSETS = Blueprint(
    "admin", __name__, template_folder="templates", static_folder="static", static_url_path="/admin/static"
)
KEPT_FOR = timedelta(days=365)


def register(app: Flask, runtime: Runtime) -> None:
    """Mount the pages, with the session they need."""
    app.config.update(
        SESSION_COOKIE_NAME="dueback",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        # The pages live in a frame of another site; the cookie is that site's own.
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_PARTITIONED=True,
        # Forms that do something ask for the token themselves: the API and the shops have other proofs.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=KEPT_FOR,
    )
    app.extensions["dueback-tokens"] = Tokens(runtime.engine)
    CSRFProtect(app)
    language.register(app)
    app.jinja_env.globals.update(
        looks=looks,
        menu=menu.entries,
        menu_link=menu.link,
        target=mounts.target,
        once=acting.once,
        behind_since=behind_since,
        is_paused=is_paused,
        ORDERS=staff.ORDERS,
        release=installs.version(),
    )
    for views in (ASSETS, *PAGES):
        app.register_blueprint(views)
    app.after_request(_framed)


def is_ours(path: str) -> bool:
    return path == PREFIX or path.startswith(PREFIX + "/")


def error_page(error: HTTPException) -> tuple[str, int]:
    """What went wrong, with the menu where somebody is signed in: a way on."""
    visit = g.get("visit")
    needs = menu.told(error.description) if isinstance(error.description, tuple) else None
    page = render_template("admin/error.html", visit=visit, code=error.code, error=error, needs=needs)
    return page, error.code or 500


def _framed(response: Response) -> Response:
    """Only the dashboard that somebody is signed in from may show the page in a frame."""
    if is_ours(request.path) and request.endpoint != "admin.static":
        visit = g.get("visit")
        person = visit.staff if visit else None
        if person is None and request.view_args and "shop_id" in request.view_args:
            person = staff.of_shop(request.view_args["shop_id"])
        # A page that is not there is nobody's, and told to whoever asks for it.
        parents = [person.parent] if person else staff.parents() if response.status_code == HTTPStatus.NOT_FOUND else []
        response.headers.setdefault("Content-Security-Policy", entry.policy(" ".join(parents) or "'none'"))
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store")
    return response
