"""Who is served first."""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from app import rulebook, turns
from app.api.call import Call, Route
from app.api.paging import Query
from app.api.problem import Problem
from app.api.supplies import today
from app.engine.model import Policy
from app.supply.fields import Name, Words
from app.turns import effects
from app.turns.setting import Rank, Setting


class QueuePolicy(BaseModel):
    policy: Policy
    wanted_key: str
    rank_key: str
    ranks: dict[str, int] = Field(description="The ranks of channels by slug, for orders without one of their own.")


class PolicyChange(Query):
    """What is left out stays as it is."""

    policy: Policy | None = None
    wanted_key: Words | None = None
    rank_key: Words | None = None


class NewPolicy(PolicyChange):
    """What is left out stays as it is. `ranks` are those of all channels, by slug: one left out has none."""

    ranks: dict[Name, Rank] | None = None


class PolicyQuery(PolicyChange):
    policy: Policy
    ranks: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00,=]+=-?[0-9]{1,7}(,[^\x00,=]+=-?[0-9]{1,7})*$")] | (
        None
    ) = Field(None, description="The ranks of all channels by slug, such as web=1,outlet=2.")


class PolicyEffect(BaseModel):
    """How many lines would gain and lose, and the first fifty of each. `remarks` say what the policy cannot go by."""

    lines: int
    gaining: int
    losing: int
    gains: list[dict[str, Any]]
    losses: list[dict[str, Any]]
    remarks: list[str]


def get_policy(call: Call) -> Any:
    return _shown(call, turns.of(call.shop))


def put_policy(call: Call) -> Any:
    changes = call.body.model_dump(exclude_none=True)
    if call.body.ranks is not None:
        changes["ranks"] = _by_id(call, call.body.ranks)
    return _shown(call, turns.put(call.connection, call.shop, changes, who=call.who))


def preview_policy(call: Call) -> Any:
    changes = call.query.model_dump(exclude_none=True)
    if call.query.ranks is not None:
        pairs = (pair.split("=") for pair in call.query.ranks.split(","))
        changes["ranks"] = _by_id(call, {slug: int(rank) for slug, rank in pairs})
    return dataclasses.asdict(effects.of_policy(call.connection, call.shop, changes, today(call.shop)))


def _by_id(call: Call, ranks: Mapping[str, int]) -> dict[str, int]:
    known = rulebook.channel_ids(call.connection, call.shop.id)
    for slug in ranks:
        if slug not in known:
            names = ", ".join(sorted(known)) or "none"
            raise Problem(400, f"ranks: The shop has no channel {slug}. It has: {names}.")
    return {known[slug]: rank for slug, rank in ranks.items()}


def _shown(call: Call, setting: Setting) -> dict[str, Any]:
    slugs = rulebook.channel_slugs(call.connection, call.shop.id)
    ranks = {slugs[channel]: rank for channel, rank in setting.ranks.items() if channel in slugs}
    return setting.model_dump() | {"ranks": ranks}


ROUTES = (
    Route("GET", "/queue/policy", "read", "Who is served first", get_policy, QueuePolicy),
    Route("PUT", "/queue/policy", "queue", "Change who is served first", put_policy, QueuePolicy, body=NewPolicy),
    Route("GET", "/queue/policy/preview", "read", "Who gains, who loses", preview_policy, PolicyEffect, PolicyQuery),
)
