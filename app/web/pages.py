"""Plain pages for people who open the app's address, and those a shop's marketplace links to."""

from flask import Blueprint, render_template

views = Blueprint("pages", __name__)


@views.get("/")
def home() -> str:
    return render_template("home.html")


@views.get("/privacy")
def privacy() -> str:
    return render_template("privacy.html")


@views.get("/support")
def support() -> str:
    return render_template("support.html")
