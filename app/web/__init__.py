"""The web side behind the door."""

from flask import Flask, Response

from app import admin, api
from app.runtime import Runtime
from app.web import errors, health, install, pages

MOST_BYTES = 1024 * 1024

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def build(runtime: Runtime) -> Flask:
    """A Flask app over this runtime."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=runtime.config.secret_key, MAX_CONTENT_LENGTH=MOST_BYTES)
    app.extensions["dueback"] = runtime
    # The first one told of a response is the last that was registered: parts have their say before this.
    app.after_request(_secure)
    for part in (install.views, health.views, pages.views):
        app.register_blueprint(part)
    api.register(app)
    admin.register(app, runtime)
    errors.register(app)
    return app


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
