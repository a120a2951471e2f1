"""Keys of the JSON API: made, shown once, revoked."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as lazy
from werkzeug.exceptions import NotFound

from app import keys
from app.admin.acting import Done, Refused, acting
from app.admin.settings import views
from app.admin.staff import BOTH
from app.admin.visit import Visit, reading
from app.wording import gettext as _

PER_MINUTE = 600
MOST_DIGITS = 6
SCOPES: Mapping[str, Any] = {
    "read": lazy("Read everything"),
    "supply": lazy("Change supply and receive it"),
    "rules": lazy("Change rules"),
    "queue": lazy("Decide whose turn it is"),
}


@reading(views, "/settings/keys", BOTH)
def api_keys(visit: Visit) -> str:
    return render_template(
        "admin/settings/keys.html",
        visit=visit,
        rows=keys.rows(visit.connection, visit.shop.id),
        scopes=SCOPES,
        chosen=request.form.getlist("scope"),
        per_minute=PER_MINUTE,
        may_change=True,
    )


@acting(views, "/settings/keys", BOTH, again=api_keys)
def make_key(visit: Visit) -> Done:
    """The key itself is in the first answer alone: nobody can read it again, we neither."""
    name, minute = request.form.get("name", ""), request.form.get("per_minute", "").strip()
    if not minute.isascii() or not minute.isdecimal() or len(minute) > MOST_DIGITS:
        raise Refused(_("per_minute: Say how many requests it may make in a minute."))
    made = keys.add(visit.connection, visit.shop.id, name, request.form.getlist("scope"), int(minute), who=visit.who)
    said = _("The key %(name)s was made. It was shown once; revoke it and make another if you lost it.", name=name)
    page = render_template("admin/settings/key_made.html", visit=visit, name=name, key=made)
    return Done(said, url_for("settings.api_keys", shop_id=visit.shop.id), once=page)


@reading(views, "/settings/keys/<int:number>/revoke", BOTH)
def ask_revoking(visit: Visit, number: int) -> str:
    row = next((row for row in keys.rows(visit.connection, visit.shop.id) if row.id == number), None)
    if row is None:
        raise NotFound
    return render_template("admin/settings/key_revoke.html", visit=visit, row=row, scopes=SCOPES)


@acting(views, "/settings/keys/<int:number>/revoke", BOTH, again=ask_revoking)
def revoke_key(visit: Visit, number: int) -> Done:
    keys.revoke(visit.connection, visit.shop.id, number, who=visit.who)
    return Done(_("The key is revoked: nothing can use it any more."),
                url_for("settings.api_keys", shop_id=visit.shop.id))  # fmt: skip
