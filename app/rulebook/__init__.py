"""The rulebook: what the merchant allows. Checked on the way in, kept with its history, merged by the engine."""

from app.rulebook.clashes import Clash, clashes
from app.rulebook.fields import RuleFields, checked
from app.rulebook.holding import Holding, Supposed, holidays_for
from app.rulebook.inheriting import Inherited, inherited
from app.rulebook.kept import Edit, Kept, find, history, load, of_channels, put, put_many, remove, rows, would_be
from app.rulebook.listing import Wanted, changes, how_many, how_many_changes, listed, titles
from app.rulebook.naming import channel_ids, channel_slugs, resolve, resolve_all
from app.rulebook.place import Place, belongs_to, channels_concerned, covered
from app.rulebook.remarks import remarks
from app.rulebook.suggesting import suggestions
from app.rulebook.undoing import change, place_of, reversal, undo
from app.rulebook.wrong import BadRule, NoSuchTarget, StaleRule

__all__ = [
    "BadRule",
    "Clash",
    "Edit",
    "Holding",
    "Inherited",
    "Kept",
    "NoSuchTarget",
    "Place",
    "RuleFields",
    "StaleRule",
    "Supposed",
    "Wanted",
    "belongs_to",
    "change",
    "changes",
    "channel_ids",
    "channel_slugs",
    "channels_concerned",
    "checked",
    "clashes",
    "covered",
    "find",
    "history",
    "holidays_for",
    "how_many",
    "how_many_changes",
    "inherited",
    "listed",
    "load",
    "of_channels",
    "place_of",
    "put",
    "put_many",
    "remarks",
    "remove",
    "resolve",
    "resolve_all",
    "reversal",
    "rows",
    "suggestions",
    "titles",
    "undo",
    "would_be",
]
