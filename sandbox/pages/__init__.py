"""Pages for people: a storefront to buy on, a back office to restock and ship, and a dashboard that embeds apps."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request

from sandbox.pages import apps, dashboard, orders, stock, storefront
from sandbox.pages.words import FILTERS

if TYPE_CHECKING:
    from sandbox.server import Server

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"


def create_pages(server: Server) -> Flask:
    """The pages of one shop. They ask it everything through its own API."""
    pages = Flask("sandbox", root_path=str(server.package), template_folder="templates", static_folder="static")
    pages.secret_key = secrets.token_bytes(32)
    pages.config["SERVER"] = server
    pages.jinja_env.filters.update(FILTERS)
    for blueprint in (storefront.pages, stock.pages, orders.pages, apps.pages, dashboard.pages):
        pages.register_blueprint(blueprint)

    @pages.before_request
    def only_from_here() -> None:
        """A form on another site must not press our buttons."""
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin not in (None, "null", request.host_url.rstrip("/")):
            abort(403)

    @pages.after_request
    def strictly(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return pages
