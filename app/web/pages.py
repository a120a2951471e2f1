"""Plain pages for people who open the app's address, and those a shop's marketplace links to."""

from flask import Blueprint, current_app, render_template

from app.runtime import Runtime

views = Blueprint("pages", __name__)


@views.get("/")
def home() -> str:
    runtime: Runtime = current_app.extensions["dueback"]
    return render_template("home.html", manifest_url=f"{runtime.config.app_url}/api/manifest")


@views.get("/privacy")
def privacy() -> str:
    return render_template("privacy.html")


@views.get("/support")
def support() -> str:
    return render_template("support.html")
