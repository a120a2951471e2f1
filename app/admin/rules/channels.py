"""Channels run as one: one pool, one cap, one queue."""

from typing import Any

from flask import render_template, url_for

from app import book, grouping, groups, rulebook
from app.admin import consent, lists
from app.admin.acting import Done, Refused, acting
from app.admin.rules import views
from app.admin.rules.editing import SET_WITHIN
from app.admin.rules.words import Names
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, reading
from app.pools import NeedsConsent
from app.wording import gettext as _

FEWEST = 2


@reading(views, "/rules/groups", EITHER)
def channel_groups(visit: Visit) -> str:
    """From the book: what the shop showed when it was last looked at. Making a group asks the shop itself."""
    layout = book.load_layout(visit.connection, visit.shop.id)
    rules = rulebook.of_channels(visit.connection, visit.shop.id)
    made: dict[str, list[object]] = {}
    for channel in Names(visit.connection, visit.shop.id).channels:
        if channel.pool:
            made.setdefault(channel.pool, []).append(channel)
    return render_template(
        "admin/rules/groups.html",
        visit=visit,
        made=[members for members in made.values() if len(members) >= FEWEST],
        proposed=groups.proposals(layout, rules),
        channels=[channel for channel in layout.channels if channel.active],
        warehouses={warehouse.id: warehouse.name for warehouse in layout.warehouses if not warehouse.ours},
        may_write=visit.staff.allowed(PRODUCTS),
    )


@acting(views, "/rules/groups", PRODUCTS, again=consent.or_ask(channel_groups))
def make_group(visit: Visit) -> Done:
    names = Names(visit.connection, visit.shop.id)
    chosen = [row for slug in lists.chosen("channel") for row in names.channels if row.slug == slug]
    if len(chosen) < FEWEST:
        raise Refused(_("Tick two channels or more that are to be run as one."))
    with consent.asking():
        runtime = visit.runtime.within(SET_WITHIN)
        done = grouping.make(runtime, visit.shop, [row.id for row in chosen], who=visit.who, agreed=consent.agreed())
    said = _("%(channels)s are one group.", channels=", ".join(row.name for row in chosen))
    return Done(" ".join([*map(str, done), said]), _here(visit))


@acting(views, "/rules/groups/dissolve", PRODUCTS, again=consent.or_ask(channel_groups))
def dissolve_group(visit: Visit) -> Done:
    names = Names(visit.connection, visit.shop.id)
    slug = next(iter(lists.chosen("keeper")), "")
    keeper = next((row for row in names.channels if row.slug == slug), None)
    if keeper is None:
        raise Refused(_("Choose the channel that keeps the pool."))
    with consent.asking():
        if not consent.agreed():
            raise NeedsConsent(_consequences(visit, keeper, names))
        done = grouping.dissolve(visit.runtime.within(SET_WITHIN), visit.shop, keeper.id, who=visit.who, agreed=True)
    said = _("%(channel)s is in no group any more.", channel=keeper.name)
    return Done(" ".join([*map(str, done), said]), _here(visit))


def _consequences(visit: Visit, keeper: Any, names: Names) -> str:
    others = [row for row in names.channels if row.pool and row.pool == keeper.pool and row.id != keeper.id]
    if not others:
        raise Refused(_("%(channel)s is in no group.", channel=keeper.name))
    told = _(
        "%(keeper)s keeps the pool they share. Each of the others gets one of its own: %(others)s.",
        keeper=keeper.name, others=", ".join(row.name for row in others),
    )  # fmt: skip
    units = grouping.units_waiting(visit.connection, visit.shop.id, [row.id for row in others])
    return f"{told} {grouping.risk(units, [row.name for row in others])}" if units else str(told)


def _here(visit: Visit) -> str:
    return url_for("rules.channel_groups", shop_id=visit.shop.id)
