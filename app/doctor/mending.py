"""Putting right what needs nobody's consent, and telling the shop's staff of the rest."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, delete

from app import activity, installs, notices
from app.activity import Subject, Thing
from app.doctor import shop_checks
from app.doctor.evidence import Evidence
from app.doctor.finding import Finding
from app.models import Notice, Shop
from app.notices import Topic
from app.platforms import Platform, ShopLayout
from app.pool_layout import pool_of, zones_lacking
from app.runtime import Runtime
from app.wording import Said

KEY = f"{Topic.FINDINGS}:"


def mend(runtime: Runtime, shop: Shop, evidence: Evidence, who: str) -> list[Said]:
    """Bring pools to the front and into their zones, and make our webhooks whole. Says what was done. Raises ShopError.

    The allocation strategy, and a pool that somebody took out of its channel, are left to people.
    """
    done = []
    if evidence.layout:
        done += mend_pools(runtime.platform(shop), evidence.layout)
    broken = [finding for finding in shop_checks.webhooks(evidence) if not finding.key.startswith("webhook_failing")]
    if broken:
        installs.upgrade_webhooks(runtime, shop)
        done.append(Said(lazy("Made the app's webhooks those of this version, and switched them on.")))
    if done:
        subject = Thing(Subject.SHOP, str(shop.id), shop.name)
        with runtime.engine.begin() as connection:
            activity.tell(connection, shop.id, who, "pool.mended", subject, done=[said.kept() for said in done])
    return done


def mend_pools(platform: Platform, layout: ShopLayout) -> list[Said]:
    """Bring each pool to the front of its channel and into its zones."""
    done = []
    for channel in layout.channels:
        pool = pool_of(layout, channel)
        if pool is None or pool.id not in channel.warehouses:
            continue
        if channel.warehouses[0] != pool.id:
            platform.bring_to_front(channel.id, pool.id)
            text = lazy('Put "{warehouse}" first among the warehouses of {channel}.')
            done.append(Said(text, warehouse=pool.name, channel=channel.name))
        for zone in zones_lacking(layout, channel, pool.id):
            platform.join_zone(zone.id, pool.id)
            text = lazy('Let "{warehouse}" serve the shipping zone {zone}.')
            done.append(Said(text, warehouse=pool.name, zone=zone.name))
    return done


def tell(connection: Connection, shop_id: int, findings: Sequence[Finding]) -> None:
    """Keep what the staff must know, once for as long as it lasts. Should it come back, it is told again."""
    lasting = {f"{KEY}{finding.key}"[:128]: finding for finding in findings if finding.staff}
    over = delete(Notice).where(
        Notice.shop_id == shop_id,
        Notice.kind == "problem",
        Notice.key.startswith(KEY, autoescape=True),
        Notice.key.not_in(list(lasting)),
    )
    connection.execute(over)
    for key, finding in lasting.items():
        notices.report(connection, shop_id, key, f"{finding.message} {finding.remedy}")
