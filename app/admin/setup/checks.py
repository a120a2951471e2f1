"""What the doctor finds, each with a button where we can mend it, else with the place where somebody can."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import render_template
from flask_babel import lazy_gettext as lazy

from app import doctor
from app.admin.setup import views
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, reading
from app.doctor import Finding

LOOK_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Way:
    """Where a finding is put right: by us ("mend", "pool"), on a page of ours (its endpoint), or in the `dashboard`."""

    text: Any
    ours: str = ""
    dashboard: str = ""


MEND = Way(lazy("Mend it"), "mend")
POOL = Way(lazy("Make the pool right"), "pool")
SETTINGS = Way(lazy("Open the site settings"), dashboard="/site-settings/")
GROUPS = Way(lazy("See channel groups"), "rules.channel_groups")
EXTENSION = "/extensions/app/{app}/edit"

# By what the key of a finding begins with; for any other, its own words say what to do.
WAYS: Mapping[str, Way] = {
    "permission_missing": Way(lazy("Open the app's permissions"), dashboard=EXTENSION),
    "token_dead": Way(lazy("Open the app"), dashboard=EXTENSION),
    "reservations_off": SETTINGS,
    "reservations_unknown": SETTINGS,
    "pool_gone": POOL,
    "pool_not_in_channel": POOL,
    "strategy_wrong": POOL,
    "pool_not_first": MEND,
    "pool_not_in_zone": MEND,
    "webhook_missing": MEND,
    "webhook_inactive": MEND,
    "group_differs": GROUPS,
    "shared_warehouses": GROUPS,
    "overruns": Way(lazy("Open the queue"), "queue.index"),
    "allocated_beyond_stock": Way(lazy("See what can ship"), "shipping.index"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """A finding with its way; `about` is what the matter is about, such as a channel's slug."""

    finding: Finding
    way: Way | None
    about: str

    @property
    def remedy(self) -> str:
        """What to do, where that is no command that only whoever runs Dueback can type."""
        return "" if "`" in self.finding.remedy and self.way else self.finding.remedy


@reading(views, "/setup/checks", EITHER)
def findings(visit: Visit) -> str:
    """The checks as a part of the page, since the shop is asked and may be slow."""
    return render_template("admin/setup/found.html", visit=visit, **looked(visit))


def looked(visit: Visit) -> dict[str, Any]:
    """What the shop says now, for the template of the checks."""
    found = doctor.examine(visit.runtime.within(LOOK_WITHIN), visit.shop)
    checks = [_check(finding) for finding in found]
    return {"checks": checks, "app": quote(visit.shop.app_id, safe=""), "may_write": visit.staff.allowed(PRODUCTS)}


def _check(finding: Finding) -> Check:
    kind, _colon, about = finding.key.partition(":")
    return Check(finding, WAYS.get(kind), about)
