"""A queue policy that is not kept yet: what it would be, what it would find at the orders, and what it cannot know."""

from flask_babel import lazy_gettext as lazy

from app.engine.model import Claim, Policy
from app.turns.setting import Setting
from app.wording import told

GOES_BY_NOTHING = {
    Policy.WANTED_DATE: lazy("No key of the wanted day is set: the policy moves nobody until one is."),
    Policy.RANK: lazy("No key of the rank and no ranks of channels are set: the policy moves nobody until one is."),
}
NOT_READ = {
    Policy.WANTED_DATE: lazy(
        "What the orders say under {key} was not kept so far, so they count as without a wanted day here. Set the key "
        "first and look again once the orders were read for it."
    ),
    Policy.RANK: lazy(
        "What the orders say under {key} was not kept so far, so only the ranks of channels count here. Set the key "
        "first and look again once the orders were read for it."
    ),
}


def marked(claim: Claim, before: Setting, after: Setting) -> Claim:
    """The claim as its order would be read under another setting, as far as the book can tell.

    An order that shows another rank than its channel's has it from its metadata; under another key nobody knows it.
    """
    own = claim.rank if claim.rank != before.ranks.get(claim.channel) else None
    if not after.rank_key or after.rank_key != before.rank_key:
        own = None
    wanted = claim.wanted_on if after.wanted_key == before.wanted_key else None
    return claim._replace(wanted_on=wanted, rank=after.ranks.get(claim.channel) if own is None else own)


def remarks(before: Setting, after: Setting) -> list[str]:
    """What the policy cannot go by: nothing was named for it, or nobody has read the orders for it yet."""
    key = {Policy.WANTED_DATE: "wanted_key", Policy.RANK: "rank_key"}.get(after.policy)
    if key is None:
        return []
    named = getattr(after, key)
    if named:
        return [told(NOT_READ[after.policy], key=named)] if named != getattr(before, key) else []
    return [] if after.policy is Policy.RANK and after.ranks else [told(GOES_BY_NOTHING[after.policy])]
