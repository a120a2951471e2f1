"""Why a variant can be ordered in a channel, or not."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app import book, wording
from app.book.facts import GOING
from app.engine.answer import Offer, Plan, PoolPlan, Step
from app.engine.dates import release_of
from app.engine.limits import Limit, limits, open_ended
from app.engine.model import Channel, Facts, Mode, Pool
from app.engine.plan import plan
from app.engine.rules import Merged
from app.explain.dating import Lead, lead_of, pool_of
from app.explain.names import Names, iso, rule_told
from app.models import Shop, Variant
from app.refusal import BadValue
from app.sentences import ANY_MORE, ANY_NUMBER, NONE, VARIANT
from app.wording import say


class NoSuchChannel(BadValue):
    """The shop has no channel of this name; the text lists those it has."""


def variant(
    connection: Connection, shop: Shop, variant_id: str, today: date, *, channel: str | None = None
) -> list[dict[str, Any]]:
    """Why the variant can be ordered or not in each channel, or in the one with this slug. Raises NoSuchChannel.

    `reasons` are words that programs know, `limits` how many units each field of the rule would let through alone, the
    narrowest first, None for any number; `why` says all of it in sentences. Where it is `unlimited`, `backorder_left`
    and the largest of the `steps` stand for any number.
    """
    [facts] = book.load_facts(connection, shop, [variant_id], today)
    chosen = [each for each in facts.channels if channel in {None, each.slug}]
    if not chosen:
        known = ", ".join(each.slug for each in facts.channels) or NONE
        raise NoSuchChannel(lazy("The shop has no channel {channel}. It has: {known}."), channel=channel, known=known)
    names = Names(connection, shop.id)
    names.learn([variant_id])
    merged = book.load_merged(connection, shop, [variant_id], today)[variant_id]
    listed_in = connection.scalar(select(Variant.listed_in).where(Variant.shop_id == shop.id, Variant.id == variant_id))
    planned = plan(facts, today)
    return [
        _Explained(
            each,
            facts,
            lead_of(connection, shop.id, facts, pool_of(facts, each)),
            planned,
            merged[each.id],
            names,
            today,
            listed=each.id in (listed_in or ()),
            going=shop.state in GOING,
        ).as_dict()
        for each in chosen
    ]


class _Explained:
    """One channel as the engine sees it today."""

    def __init__(
        self,
        channel: Channel,
        facts: Facts,
        lead: Lead | None,
        planned: Plan,
        merged: Merged,
        names: Names,
        today: date,
        *,
        listed: bool,
        going: bool,
    ) -> None:
        self._channel, self._facts, self._merged, self._names, self._today = channel, facts, merged, names, today
        self._listed, self._going = listed, going
        self._offer: Offer = next(offer for offer in planned.offers if offer.channel == channel.id)
        self._pool: Pool | None = pool_of(facts, channel)
        self._numbers: PoolPlan | None = next((p for p in planned.pools if p.warehouse == channel.pool), None)
        self._limits: Sequence[Limit] = limits(facts, self._pool, today) if self._pool and facts.tracked else ()
        self._open_ended = open_ended(facts, planned, channel)
        release = release_of(self._pool.terms, today) if self._pool else None
        self._held_until = release if self._pool and not self._pool.terms.early_sale else None
        self._lead = lead
        self._rule = [value for value in names.rule(merged) if not (lead and value["field"] in lead.replaces)]

    def as_dict(self) -> dict[str, Any]:
        offer, numbers = self._offer, self._numbers
        return {
            "channel": self._channel.slug,
            "status": offer.status,
            "available_now": offer.available_now,
            "backorder_left": offer.backorder_left,
            "unlimited": self._open_ended,
            "outstanding": numbers.outstanding if numbers else None,
            "reasons": list(self._reasons()),
            "limits": [{"field": each.field, "value": each.value, "room": each.room} for each in self._limits],
            "rule": self._rule,
            "supplier_lead": self._lead._asdict() if self._lead else None,
            "steps": [{"quantity": step.quantity, "expected": iso(step.expected)} for step in offer.steps],
            "why": list(self._why()),
        }

    def _reasons(self) -> Iterator[str]:
        """Why nothing can be sold past zero, or why so many units can and no more."""
        if whole := self._whole_reason():
            yield whole
            return
        rooms = [limit.room for limit in self._limits if limit.room is not None]
        if self._numbers and self._numbers.headroom:
            yield "open"
        yield from (limit.field for limit in self._limits if limit.room is not None and limit.room == min(rooms))

    def _whole_reason(self) -> str | None:
        """What says all of it, whatever the rule says."""
        found = {
            "leaving": self._going,
            "not_tracked": not self._facts.tracked,
            "paused": self._facts.paused,
            "not_listed": not self._listed,
            "no_pool": self._pool is None,
            "no_rule": not self._merged.origins,
            "off": self._merged.terms.mode is Mode.OFF,
        }
        return next((name for name, is_so in found.items() if is_so), None)

    def _why(self) -> Iterator[str]:
        whole = self._whole_reason()
        if whole != "not_tracked":
            yield self._free()
        if whole:
            yield say(VARIANT[whole])
        elif self._numbers:
            yield from self._sale(self._numbers)
        if self._merged.changes_on:
            yield say(VARIANT["changes_on"], day=wording.day(self._merged.changes_on, self._today))
        if whole in {None, "off", "paused"}:
            yield from (rule_told(each, VARIANT["rule"], self._today) for each in self._rule)
            if self._lead:
                yield self._lead.in_words("holds")

    def _free(self) -> str:
        """What is on hand for newcomers; before a release it waits there."""
        if self._held_until and self._numbers and self._numbers.free:
            day = wording.day(self._held_until, self._today)
            return say(VARIANT["free:held"], count=wording.units(self._numbers.free), day=day)
        return say(VARIANT["free"], count=wording.units(self._offer.available_now))

    def _sale(self, numbers: PoolPlan) -> Iterator[str]:
        yield say(VARIANT["owed"], count=wording.units(numbers.outstanding))
        if self._open_ended:
            yield say(VARIANT["open:any"])
        else:
            yield say(VARIANT["open" if numbers.headroom else "closed"], more=wording.more_units(numbers.headroom))
        # What waits for a release is there for nobody, so it closes nothing.
        told = (limit for limit in self._limits if limit.field != "open_at" or not self._held_until)
        yield from (self._limit_told(limit, numbers) for limit in told)
        yield from self._release()
        yield from self._next_supply()
        steps = self._offer.steps
        # The rest of what is never sold out is the most by far.
        rest = max(steps, key=lambda step: step.quantity) if self._open_ended else None
        yield from (self._step(step, any_more=step is rest) for step in steps)

    def _limit_told(self, limit: Limit, numbers: PoolPlan) -> str:
        kind: str = limit.field
        if limit.field == "cap" and limit.value == "incoming":
            kind = "cap:incoming"
        elif limit.field == "cap" and "cap" not in self._merged.origins:
            kind = "cap:unset"
        last = self._today + timedelta(days=limit.value) if limit.field == "horizon_days" else self._today
        return say(
            VARIANT[kind],
            value=limit.value,
            free=numbers.free,
            owed=numbers.outstanding,
            room=ANY_NUMBER if limit.room is None else limit.room,
            last=wording.day(last, self._today),
        )

    def _release(self) -> Iterator[str]:
        terms = self._merged.terms
        if terms.mode is Mode.PREORDER and terms.release_on and terms.release_on > self._today:
            yield say(VARIANT["release"], day=wording.day(terms.release_on, self._today))
            if terms.early_sale:
                yield say(VARIANT["early_sale"])

    def _next_supply(self) -> Iterator[str]:
        dated = [
            each
            for each in self._facts.supplies
            if each.eta >= self._today and each.quantity and each.warehouse in self._channel.warehouses
        ]
        for supply in sorted(dated, key=lambda each: (each.eta, each.id))[:1]:
            yield say(
                VARIANT["next"],
                supply=self._names.supply_told(supply.id),
                warehouse=self._names.warehouse(supply.warehouse),
                eta=wording.day(supply.eta, self._today),
                count=wording.units(supply.quantity),
            )
            if doubt := self._names.in_doubt(supply):
                yield say(VARIANT["next:doubt"], count=wording.more_units(doubt))

    def _step(self, step: Step, *, any_more: bool) -> str:
        count = str(ANY_MORE) if any_more else wording.units(step.quantity)
        if step.expected is None:
            return say(VARIANT["step:unknown"], count=count)
        if step is self._offer.steps[0] and self._offer.available_now:
            return say(VARIANT["step:now"], count=count)
        return say(VARIANT["step"], count=count, day=wording.day(step.expected, self._today))
