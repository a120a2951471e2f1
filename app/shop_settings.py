"""What merchants set for a whole shop: its calendar, its language, who owns its stock, and what its staff are told."""

import zoneinfo
from collections.abc import Mapping
from typing import Any, Literal

from flask_babel import lazy_gettext as lazy
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from sqlalchemy import Connection, Row, select, update

from app import faults, marks
from app.activity import tell_settings
from app.models import Shop
from app.notices import Topic
from app.refusal import BadValue

# What decides plans, or what is done about them.
DECIDING = {"stock_owner", "time_zone"}


class BadSetting(BadValue):
    """A setting that cannot be meant; the message names it and says what it takes."""


class Settings(BaseModel):
    """`stock_owner` erp: pool shipments and receipts are reported, stock is never written.

    `language` is that of the pages; empty: the dashboard's own. `quiet` are the topics that staff are not told of.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    stock_owner: Literal["staff", "erp"] = "staff"
    time_zone: str = "UTC"
    language: Literal["", "en", "de"] = ""
    quiet: tuple[Topic, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in zoneinfo.available_timezones():
            raise BadValue(lazy("should be a time zone such as Europe/Berlin"))
        return name


def of(shop: Shop | Row[*tuple[Any, ...]]) -> Settings:
    return Settings.model_validate(shop.settings)


def put(connection: Connection, shop: Shop, changes: Mapping[str, Any], *, who: str) -> Settings:
    """Change settings; others keep what they are. What the change concerns is marked. Raises BadSetting."""
    kept = connection.scalar(select(Shop.settings).where(Shop.id == shop.id).with_for_update()) or {}
    before = Settings.model_validate(kept)
    try:
        after = Settings.model_validate(before.model_dump(mode="json") | dict(changes))
    except ValidationError as wrong:
        raise BadSetting(faults.FAULT, **faults.first(wrong)) from wrong
    was, now = before.model_dump(mode="json"), after.model_dump(mode="json")
    different = {name: value for name, value in now.items() if value != was[name]}
    if different:
        connection.execute(update(Shop).where(Shop.id == shop.id).values(settings=Shop.settings.concat(different)))
        tell_settings(connection, shop, who, was, now)
    if different.keys() & DECIDING:
        marks.mark_every_variant(connection, shop.id)
    return after
