"""Dueback: backorders with honest dates for headless shops."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.runtime import Runtime


def create_app(runtime: "Runtime") -> "Flask":
    """The Flask app behind the door: manifest, registration, health, and the plain pages."""
    from app.web import build  # noqa: PLC0415 - whoever imports a part of the app does not want all of Flask

    return build(runtime)
