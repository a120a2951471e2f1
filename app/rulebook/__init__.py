"""The rulebook: what the merchant allows. Checked on the way in, kept with its history, merged by the engine."""

from app.rulebook.clashes import Clash, clashes
from app.rulebook.fields import RuleFields, checked
from app.rulebook.holding import Supposed, by_channel, holidays_for, pools
from app.rulebook.kept import Edit, Kept, find, history, load, of_channels, put, put_many, remove, rows, would_be
from app.rulebook.naming import channel_ids, channel_slugs, resolve, resolve_all
from app.rulebook.place import Place, belongs_to, channels_concerned, covered, scopes_of
from app.rulebook.wrong import BadRule, NoSuchTarget, StaleRule

__all__ = [
    "BadRule",
    "Clash",
    "Edit",
    "Kept",
    "NoSuchTarget",
    "Place",
    "RuleFields",
    "StaleRule",
    "Supposed",
    "belongs_to",
    "by_channel",
    "channel_ids",
    "channel_slugs",
    "channels_concerned",
    "checked",
    "clashes",
    "covered",
    "find",
    "history",
    "holidays_for",
    "load",
    "of_channels",
    "pools",
    "put",
    "put_many",
    "remove",
    "resolve",
    "resolve_all",
    "rows",
    "scopes_of",
    "would_be",
]
