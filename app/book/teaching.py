"""What past receipts say about the supplies and lead times of some variants, for rules that ask for it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from app.engine.model import LeadIn, Pool, Terms
from app.supply import learned
from app.supply.learned import Quantiles


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead time of the supplier a variant was last bought from: as learned, and as it says itself."""

    learned: Mapping[int, int] = field(default_factory=dict)
    told: int | None = None


@dataclass(frozen=True, slots=True)
class Taught:
    """Delays by supplier id, lead times by variant."""

    delays: Mapping[int, Quantiles] = field(default_factory=dict)
    leads: Mapping[str, Lead] = field(default_factory=dict)


def load(
    connection: Connection, shop_id: int, variants: Collection[str], pools: Iterable[Pool], suppliers: Collection[int]
) -> Taught:
    """Nothing where no rule asks how sure a date is. `suppliers` are those something is expected from."""
    if not any(pool.terms.confidence for pool in pools):
        return Taught()
    last = learned.last_bought_from(connection, shop_id, variants)
    leads = learned.lead_days(connection, shop_id, {row.id for row in last.values()})
    by_variant = {variant: Lead(dict(leads.get(row.id, ())), row.lead_days) for variant, row in last.items()}
    return Taught(learned.delays(connection, shop_id, suppliers), by_variant)


def with_lead(pools: tuple[Pool, ...], lead: Lead | None) -> tuple[Pool, ...]:
    """The pools, the lead time of their rules the learned one where the rule asks how sure a date is.

    Where too little was learned the rule's own holds; where it has none, what the supplier says.
    """
    return pools if lead is None else tuple(_with_lead(pool, lead) for pool in pools)


def _with_lead(pool: Pool, lead: Lead) -> Pool:
    terms = pool.terms
    if terms.confidence is None:
        return pool
    if terms.confidence in lead.learned:
        days: Terms = replace(terms, lead_days=lead.learned[terms.confidence], lead_in=LeadIn.DAYS)
        return replace(pool, terms=days, learned=True)
    if terms.lead_days is not None:
        return pool
    return replace(pool, terms=replace(terms, lead_days=lead.told), learned=True)
