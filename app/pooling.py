"""Making sure that channels have their pools, as people ask for it: one by one, as a group, or for a rule."""

import contextlib
from collections.abc import Sequence

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection

from app import book, rulebook
from app.activity import tell_pool
from app.engine.model import Mode
from app.models import Shop
from app.platforms import ChannelSeen, Platform
from app.pools import CannotOpen, ask_consent, open_pool
from app.rulebook import Edit
from app.runtime import Runtime
from app.wording import Said

OPENING = frozenset({Mode.BACKORDER.value, Mode.PREORDER.value})
UNSOLD = lazy(
    "No active channel sells any of it yet, so nothing opens. Once one does, the doctor says what is left to do."
)


def open_pools(runtime: Runtime, shop: Shop, groups: Sequence[Sequence[str]], *, who: str, agreed: bool) -> list[Said]:
    """Make sure of a pool for each group of channel ids, and take it over into the book. Says what was done.

    `agreed`: the shop may allocate otherwise than before. Raises NeedsConsent before anything is done, CannotOpen,
    ShopError. What was done before the shop failed is found done when it is asked again.
    """
    with contextlib.closing(runtime.platform(shop)) as platform:
        channels = {channel.id: channel for channel in platform.layout().channels}
        if not all(channel in channels for group in groups for channel in group):
            raise CannotOpen(lazy("The shop does not have one of these channels any more."))
        wanted = [[channels[channel] for channel in group] for group in groups]
        ask_consent([channel for group in wanted for channel in group], may_change_strategy=agreed)
        done: list[Said] = []
        try:
            for group in wanted:
                opened = open_pool(platform, group, may_change_strategy=agreed).done
                _tell(runtime, shop, who, group, opened)
                done += opened
        finally:
            _take_over(runtime, shop, platform)
    return done


def open_for_rule(
    runtime: Runtime, connection: Connection, shop: Shop, edit: Edit, *, who: str, agreed: bool
) -> list[Said]:
    """The pools the rule needs, before the edit is made: a shop that cannot have them shall not have the rule.

    Says what was done. Raises BadRule, StaleRule where the edit cannot be made; the rest as `open_pools`.
    """
    list(rulebook.would_be(connection, shop.id, [edit]))
    if edit.fields.get("mode") not in OPENING:
        return []
    concerned = rulebook.channels_concerned(connection, shop.id, [edit.place])
    if not concerned:
        return [Said(UNSOLD)]
    return open_pools(runtime, shop, [[channel] for channel in concerned], who=who, agreed=agreed)


def _tell(runtime: Runtime, shop: Shop, who: str, group: Sequence[ChannelSeen], done: Sequence[Said]) -> None:
    with runtime.engine.begin() as connection:
        tell_pool(connection, shop.id, who, group, done)


def _take_over(runtime: Runtime, shop: Shop, platform: Platform) -> None:
    with book.one_layout_at_a_time(runtime.engine, shop.id) as connection:
        book.record_layout(connection, shop.id, platform.layout())
