"""Apps in the back office: installed ones, what they complain of, and a form to install another."""

from __future__ import annotations

import requests
from flask import Blueprint, flash, render_template, request, url_for

from sandbox.hooks.installing import Refused as BadManifest
from sandbox.hooks.installing import fetch_manifest
from sandbox.pages.asking import Refused, document, posting, staff

pages = Blueprint("apps", __name__, url_prefix="/staff/apps")

APPS = document("apps")
INSTALLATIONS = document("installations")
INSTALL = document("install_app")
SWITCHES = {
    "activate": document("activate_app"),
    "deactivate": document("deactivate_app"),
    "delete": document("delete_app"),
    "forget": document("forget_installation"),
}


@pages.get("/")
def index() -> str:
    found = [edge["node"] for edge in staff(APPS)["edges"]]
    return render_template("apps.html", apps=found, installations=staff(INSTALLATIONS))


def _back() -> str:
    return url_for("apps.index")


@pages.post("/install")
@posting(_back)
def install() -> None:
    """As a dashboard does: read the manifest, then install with the permissions it asks for."""
    url = request.form.get("manifest", "").strip()
    try:
        manifest = fetch_manifest(url)
    except (requests.RequestException, BadManifest, ValueError):
        raise Refused(f"There is no manifest at {url}.") from None
    asked = {
        "appName": manifest.get("name") or "App",
        "manifestUrl": url,
        "permissions": manifest.get("permissions") or [],
    }
    staff(INSTALL, input=asked)
    flash("The app is being installed. Reload to see how it went.", "good")


@pages.post("/switch")
@posting(_back)
def switch() -> None:
    document = SWITCHES.get(request.form.get("what", ""))
    if document is None:
        raise Refused("An app is activated, deactivated or deleted.")
    staff(document, id=request.form["app"])
    flash("Done.", "good")
