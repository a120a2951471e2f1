"""Rules: what may be ordered past zero."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from app import pooling, preview, rulebook
from app.api import paging
from app.api.call import Call, Route
from app.api.paging import PageQuery, Query, Text
from app.api.problem import Problem
from app.api.supplies import today
from app.engine.rules import Scope
from app.pools import NeedsConsent
from app.rulebook import Edit, Kept, RuleFields

SCOPE = "shop, channel:SLUG, product_type:SLUG, category:SLUG, collection:SLUG, product:SLUG or variant:SKU"


class Rule(BaseModel):
    """What one rule decides; fields it does not have are inherited from a wider scope."""

    id: int
    scope: str = Field(description=SCOPE)
    channel: str | None = Field(description="The one channel it holds in; null: every channel.")
    fields: dict[str, Any]
    version: int
    changed_at: datetime


class KeptRule(Rule):
    """`remarks` say what is odd about the rule, though it may be meant."""

    remarks: list[str]


class Rules(BaseModel):
    items: list[Rule]
    next: str | None


class At(Query):
    scope: Text = Field(description=SCOPE)
    channel: Text | None = None


class Fields(RuleFields):
    """Fields of a rule. One left out stays as it is in the rule; null takes it out, to be inherited again.

    "none" decides that there is no such thing, whatever a wider rule says.
    """

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """What stays of the rule has its say in that: it is checked with that."""
        return self


class NewRule(At):
    """Fields left out stay as they are in the rule, null takes one out of it.

    With `version` the rule is changed only if it is still at that version; 0: only if there is none. A rule that opens
    sale past zero makes sure that its channels have their pool warehouses. Where that would change how the shop
    allocates, it is refused until `agree` is true.
    """

    fields: Fields
    version: int | None = None
    agree: bool = False


class Previewed(At):
    fields: Fields | None = Field(description="Null: what removing the rule would do.")


class Removed(BaseModel):
    removed: bool


class RemoveQuery(At):
    version: int | None = None


class Clash(BaseModel):
    """For so many variants the collection `wins` decides the field, and `loses` does not; both are slugs."""

    field: str
    wins: str
    loses: str
    channel: str | None = Field(description="The one channel both rules hold in; null: every channel.")
    variants: int


class Effect(BaseModel):
    """How many variants, lines and refusals, and the first twenty of each. `remarks` say what is odd about the rule.

    `clashes` are collections that share variants and decide a field otherwise.
    """

    fields: dict[str, Any] | None
    covered: int
    looked_at: int
    opening: int
    closing: int
    moving: int
    refusing: int
    opens: list[dict[str, Any]]
    closes: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    largest_refused: dict[str, Any] | None
    remarks: list[str]
    clashes: list[Clash]


class RuleChange(BaseModel):
    id: int
    scope: str
    channel: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    who: str
    at: datetime


class RuleHistory(BaseModel):
    items: list[RuleChange]
    next: str | None


def list_rules(call: Call) -> Any:
    last = paging.after(call.query, int) or 0
    rows = rulebook.rows(call.connection, call.shop.id, after=last, limit=call.query.limit + 1)
    slugs = rulebook.channel_slugs(call.connection, call.shop.id)
    return paging.page([_shown(row, slugs) for row in rows], call.query, lambda item: item["id"])


def put_rule(call: Call) -> Any:
    place = rulebook.resolve(call.runtime, call.shop, call.body.scope, call.body.channel)
    fields = _fields(call.body.fields)
    edit = Edit(place, fields, call.body.version)
    try:
        pooling.open_for_rule(call.runtime, call.connection, call.shop, edit, who=call.who, agreed=call.body.agree)
    except NeedsConsent as asked:
        raise Problem(409, f"{asked} Send the rule again with agree set to true.") from asked
    row = rulebook.put(call.connection, call.shop, place, fields, who=call.who, version=call.body.version)
    remarks = rulebook.remarks(call.connection, call.shop.id, place, row.fields, today(call.shop))
    return _shown(row, rulebook.channel_slugs(call.connection, call.shop.id)) | {"remarks": remarks}


def remove_rule(call: Call) -> Any:
    place = rulebook.resolve(call.runtime, call.shop, call.query.scope, call.query.channel)
    gone = rulebook.remove(call.connection, call.shop, place, who=call.who, version=call.query.version)
    return {"removed": gone}


def preview_rule(call: Call) -> Any:
    place = rulebook.resolve(call.runtime, call.shop, call.body.scope, call.body.channel)
    fields = _fields(call.body.fields) if call.body.fields else None
    found = preview.of_rule(call.connection, call.shop, place, fields, today(call.shop))
    return effect_of(found, rulebook.channel_slugs(call.connection, call.shop.id))


def effect_of(found: preview.Preview, slugs: Mapping[str, str]) -> dict[str, Any]:
    """What a preview tells, as it is answered; `slugs` are those of channels by id."""
    clashes = [clash._asdict() | {"channel": slugs.get(clash.channel_id)} for clash in found.clashes]
    return dataclasses.asdict(found) | {"clashes": clashes}


def _fields(given: RuleFields) -> dict[str, Any]:
    return given.model_dump(mode="json", exclude_unset=True)


def rule_history(call: Call) -> Any:
    last = paging.after(call.query, int)
    rows = rulebook.history(call.connection, call.shop.id, before=last, limit=call.query.limit + 1)
    slugs = rulebook.channel_slugs(call.connection, call.shop.id)
    items = [
        {"id": row.id, "before": row.before, "after": row.after, "who": row.who, "at": row.at} | _named(row, slugs)
        for row in rows
    ]
    return paging.page(items, call.query, lambda item: item["id"])


def _shown(row: Kept, slugs: dict[str, str]) -> dict[str, Any]:
    return {"id": row.id, "fields": row.fields, "version": row.version, "changed_at": row.changed_at} | _named(
        row, slugs
    )


def _named(row: Kept, slugs: dict[str, str]) -> dict[str, Any]:
    name = row.target_name or slugs.get(row.target, row.target)
    scope = row.scope if row.scope == Scope.SHOP else f"{row.scope}:{name}"
    return {"scope": scope, "channel": slugs.get(row.channel_id)}


ROUTES = (
    Route("GET", "/rules", "read", "Rules, oldest first", list_rules, Rules, PageQuery),
    Route("PUT", "/rules", "rules", "Set fields of a rule", put_rule, KeptRule, body=NewRule),
    Route("DELETE", "/rules", "rules", "Remove a rule", remove_rule, Removed, RemoveQuery),
    Route("POST", "/rules/preview", "read", "What a rule would do", preview_rule, Effect, body=Previewed),
    Route("GET", "/rules/history", "read", "Who changed what, newest first", rule_history, RuleHistory, PageQuery),
)
