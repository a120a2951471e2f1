"""A dashboard that embeds apps as Saleor's does: their pages, their widgets, their popups.

Who is signed in, the theme and the language are cookies that the page itself sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox.pages.asking import Refused, as_user, document, server, staff_users
from sandbox.state.people import User
from sandbox.version import VERSION

pages = Blueprint("dashboard", __name__, url_prefix="/dashboard")

APPS = document("dashboard_apps")
APP = document("dashboard_app")
EXTENSIONS = document("dashboard_extensions")
ORDER = document("order")
ORDERS = document("orders")
PRODUCT = document("dashboard_product")
PRODUCTS = document("dashboard_products")
PERMIT = document("permit_app")

NAVIGATION = ("CATALOG", "ORDERS", "CUSTOMERS", "DISCOUNTS", "PAGES", "TRANSLATIONS")
THEMES = ("light", "dark")
LOCALES = ("en", "de")
SHOWN = 20
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-src "
)


def user() -> User:
    """Who is signed in: the one the cookie names, else the first of the staff."""
    staff, email = staff_users(), request.cookies.get("dashboard_user")
    return next((each for each in staff if each.email == email), staff[0])


def ask(document: str, **variables: Any) -> Any:
    return as_user(user(), document, **variables)


def _chosen(name: str, choice: tuple[str, ...]) -> str:
    value = request.cookies.get(f"dashboard_{name}")
    return value if value in choice else choice[0]


def _nodes(connection: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


def extensions(*mounts: str) -> list[dict[str, Any]]:
    """The extensions of these mounts with their absolute address, by app and label.

    Saleor's dashboard shows them to everybody: a user who lacks their permissions has no token for them.
    """
    found = _nodes(ask(EXTENSIONS, mounts=mounts))
    for each in found:
        each["address"] = each["url"] if "://" in each["url"] else f"{each['app']['appUrl'] or ''}{each['url']}"
    return sorted(found, key=lambda each: (each["app"]["name"], each["label"]))


def _navigation() -> dict[str, list[dict[str, Any]]]:
    """The entries of each part of the navigation; only here permissions decide, and one of them is enough."""
    mine = set(user().permissions)
    shown = [
        each
        for each in extensions(*(f"NAVIGATION_{part}" for part in NAVIGATION))
        if not each["permissions"] or mine.intersection(code["code"] for code in each["permissions"])
    ]
    parts = {part: [each for each in shown if each["mountName"] == f"NAVIGATION_{part}"] for part in NAVIGATION}
    return {part: entries for part, entries in parts.items() if entries}


def app_page(app_id: str, path: str = "", **query: Any) -> str:
    """The dashboard's address of an app's page; the id is percent-encoded whole."""
    where = "/".join(part for part in (quote(app_id, safe=""), path.strip("/")) if part)
    return f"{url_for('dashboard.home')}extensions/app/{where}{'?' if query else ''}{urlencode(query)}"


@pages.context_processor
def _around() -> dict[str, Any]:
    """What every page shows around its own matter."""
    return {
        "user": user(),
        "users": staff_users(),
        "theme": _chosen("theme", THEMES),
        "themes": THEMES,
        "locale": _chosen("locale", LOCALES),
        "locales": LOCALES,
        "navigation": _navigation(),
        "app_ids": {each["identifier"]: each["id"] for each in _nodes(ask(APPS)) if each["identifier"]},
        "app_page": app_page,
        "api_url": server().url,
        "version": VERSION,
        "refresh_seconds": server().shop.switches.refresh_seconds,
    }


@pages.after_request
def _framing(response: Response) -> Response:
    """Only installed apps are framed; they may know the dashboard's origin, as they do with the real one."""
    shop = server().shop
    active = [app for app in shop.apps if app.is_active and app.removed_at is None]
    addresses = [app.manifest.get("appUrl") or "" for app in active]
    addresses += [each.url for app in active for each in shop.extensions.of("app", app.pk)]
    origins = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses) if parts.netloc}
    response.headers["Content-Security-Policy"] = _POLICY + (" ".join(sorted(origins)) or "'none'")
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


@pages.errorhandler(Refused)
def _refused(refused: Refused) -> tuple[str, int]:
    return render_template("dashboard/refused.html", message=str(refused)), 403


@pages.get("/")
def home() -> str:
    mine = user().permissions
    orders = _nodes(ask(ORDERS, first=SHOWN)) if "MANAGE_ORDERS" in mine else []
    products = _nodes(ask(PRODUCTS)) if "MANAGE_PRODUCTS" in mine else []
    return render_template("dashboard/home.html", orders=orders, products=products)


@pages.get("/tokens")
def tokens() -> dict[str, str | None]:
    """New tokens for every app and every extension, by id."""
    return {each["id"]: each["accessToken"] for each in [*_nodes(ask(APPS)), *extensions()]}


@pages.get("/extensions/app/<app_id>")
@pages.get("/extensions/app/<app_id>/", defaults={"path": ""})
@pages.get("/extensions/app/<app_id>/<path:path>")
def app(app_id: str, path: str = "") -> str:
    """What the path shows is for the script to work out."""
    return render_template("dashboard/app.html", app=_app(app_id))


def _app(app_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(APP, id=app_id) or abort(404)
    return found


@pages.get("/extensions/app/<app_id>/edit/permissions")
def permissions(app_id: str) -> str:
    asked = [name for name in request.args.get("requestedPermissions", "").split(",") if name]
    return render_template("dashboard/permissions.html", app=_app(app_id), asked=asked)


@pages.post("/extensions/app/<app_id>/edit/permissions")
def decide(app_id: str) -> AnyResponse:
    """Back to the app, which reads in its address how it went."""
    went = {"appPath": request.args.get("redirectPath", "")}
    if request.form.get("decision") != "approve":
        return redirect(app_page(app_id, **went, error="USER_DENIED_PERMISSIONS"), code=303)
    granted = {each["code"] for each in _app(app_id)["permissions"]}
    ask(PERMIT, id=app_id, permissions=sorted(granted.union(request.form.getlist("permission"))))
    return redirect(app_page(app_id, **went), code=303)


@pages.get("/orders/<order_id>")
def order(order_id: str) -> str:
    found = ask(ORDER, id=order_id) or abort(404)
    return _details("dashboard/order.html", "ORDER", {"orderId": found["id"]}, order=found)


@pages.get("/products/<product_id>")
def product(product_id: str) -> str:
    found = ask(PRODUCT, id=product_id) or abort(404)
    params = {"productId": found["id"], "productSlug": found["slug"]}
    return _details("dashboard/product.html", "PRODUCT", params, product=found)


def _details(template: str, kind: str, params: dict[str, str], **shown: Any) -> str:
    """A page of one order or product with the apps' actions and widgets; ``params`` are what those are told."""
    widgets, actions = extensions(f"{kind}_DETAILS_WIDGETS"), extensions(f"{kind}_DETAILS_MORE_ACTIONS")
    return render_template(template, widgets=widgets, actions=actions, params=params, **shown)
