"""Checks of the shop as a whole: can we reach it, may we do our work, do its messages reach us."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import lazy_gettext as lazy

from app.doctor.evidence import SEAL_BROKEN, Evidence
from app.doctor.finding import Finding, Severity, few
from app.platforms import TOKEN_DEAD, WebhookSeen
from app.wording import Said, ngettext, told

MOST_SKEW = timedelta(minutes=1)
RECENTLY = timedelta(days=1)
BEHIND = lazy("The clock of this machine is {seconds} behind the shop's.")
AHEAD = lazy("The clock of this machine is {seconds} ahead of the shop's.")

# What keeps us from asking the shop at all, by its code: key and remedy. Anything else is the way to the shop.
TROUBLES = {
    TOKEN_DEAD: (
        "token_dead",
        lazy("Switch the app on in the dashboard under Extensions, or install it again; what it knows is kept."),
    ),
    SEAL_BROKEN: (
        "token_sealed",
        lazy("Give Dueback the SECRET_KEY it had when the app was installed, or install the app again."),
    ),
}


def reachable(evidence: Evidence) -> Iterator[Finding]:
    trouble = evidence.trouble
    if trouble is None:
        return
    elsewhere = Said(
        lazy("See whether {shop} answers from this machine. What was missed is looked up then."), shop=evidence.shop_url
    )
    key, remedy = TROUBLES.get(trouble.code, ("unreachable", elsewhere))
    nothing = told(lazy("Nothing of the shop can be read or written: {reason}"), reason=trouble)
    yield Finding(key, Severity.ERROR, nothing, str(remedy))


def permissions(evidence: Evidence) -> Iterator[Finding]:
    for permission in sorted(evidence.missing):
        yield Finding(
            f"permission_missing:{permission}",
            Severity.ERROR,
            told(lazy("The app has not got the permission {permission}."), permission=permission),
            told(lazy("Give it to the app in the dashboard under Extensions, Dueback, Permissions.")),
            staff=True,
        )


def reservations(evidence: Evidence) -> Iterator[Finding]:
    """Without them concurrent checkouts pass the cap, however right everything else is."""
    if evidence.layout is None or evidence.layout.reservations:
        return
    where = told(
        lazy(
            "Set a reservation time for anonymous and for signed-in users in the dashboard under Configuration, Site "
            "Settings; ten minutes will do."
        )
    )
    if evidence.layout.reservations is None:
        yield Finding(
            "reservations_unknown",
            Severity.WARNING,
            told(
                lazy(
                    "Whether the shop reserves stock during checkout is not known. Where it does not, buyers who "
                    "check out at the same moment can together order more than the backorder limit."
                )
            ),
            told(
                lazy("{remedy} With the permission MANAGE_SETTINGS the app can see it for itself."),
                remedy=where,
            ),
        )
    else:
        yield Finding(
            "reservations_off",
            Severity.WARNING,
            told(
                lazy(
                    "The shop does not reserve stock during checkout, so buyers who check out at the same moment can "
                    "together order more than the backorder limit. Each such order is found and listed."
                )
            ),
            where,
            staff=True,
        )


def clock(evidence: Evidence) -> Iterator[Finding]:
    theirs = evidence.identity.clock if evidence.identity else None
    if theirs is None:
        return
    skew = evidence.now - theirs
    if abs(skew) > MOST_SKEW:
        text = BEHIND if skew < timedelta(0) else AHEAD
        yield Finding(
            "clock_skew",
            Severity.WARNING,
            told(text, seconds=round(abs(skew).total_seconds())),
            told(
                lazy(
                    "Let both machines set their clocks by NTP: sessions end early and changed orders are missed "
                    "otherwise."
                )
            ),
        )


def own_preorders(evidence: Evidence) -> Iterator[Finding]:
    if evidence.own_preorders:
        yield Finding(
            "own_preorders",
            Severity.WARNING,
            told(
                ngettext(
                    "{count} variant is sold as a preorder of the shop's own: {variants}. Its stock counts for nothing "
                    "there, so no rule of Dueback does, and the shop ships none of it until that ends.",
                    "{count} variants are sold as preorders of the shop's own: {variants}. Their stock counts for "
                    "nothing there, so no rule of Dueback does, and the shop ships none of them until that ends.",
                    len(evidence.own_preorders),
                ),
                count=len(evidence.own_preorders),
                variants=few(evidence.own_preorders),
            ),
            told(
                lazy(
                    "Give each a rule with the mode preorder and its release day, then end the shop's own with "
                    "Saleor's productVariantPreorderDeactivate: its orders join the queue."
                )
            ),
            staff=True,
        )


def webhooks(evidence: Evidence) -> Iterator[Finding]:
    if evidence.webhooks is None:
        return
    known = {webhook.name: webhook for webhook in evidence.webhooks}
    for name in sorted(evidence.webhook_names):
        if name not in known:
            yield Finding(
                f"webhook_missing:{name}",
                Severity.ERROR,
                told(
                    lazy('The shop has not got the webhook "{name}", so Dueback hears of changes only when it sweeps.'),
                    name=name,
                ),
                told(lazy("Dueback makes it at its next sweep, or at once with `dueback doctor --mend`.")),
            )
        else:
            yield from _webhook(known[name], evidence)


def _webhook(webhook: WebhookSeen, evidence: Evidence) -> Iterator[Finding]:
    if not webhook.active:
        yield Finding(
            f"webhook_inactive:{webhook.name}",
            Severity.ERROR,
            told(
                lazy('The webhook "{name}" is switched off, so Dueback hears of changes only when it sweeps.'),
                name=webhook.name,
            ),
            told(lazy("Dueback switches it on at its next sweep, or at once with `dueback doctor --mend`.")),
        )
    lost = [when for when, _ in webhook.failures if when > evidence.now - RECENTLY]
    if lost:
        yield Finding(
            f"webhook_failing:{webhook.name}",
            Severity.WARNING,
            told(
                ngettext(
                    'The shop gave up delivering {count} message of the webhook "{name}" within a day: that of {last}.',
                    'The shop gave up delivering {count} messages of the webhook "{name}" within a day, the last of '
                    "{last}.",
                    len(lost),
                ),
                count=len(lost),
                name=webhook.name,
                last=max(lost),
            ),
            told(
                lazy("See whether the shop can reach {address}. What was missed is looked up by the next sweep."),
                address=webhook.url,
            ),
        )
