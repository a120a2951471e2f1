"""Is this shop set up right? What is wrong, how to mend it, and mending what needs nobody's consent.

`evidence` gathers, the checks judge it without asking anybody, `mending` puts right.
"""

from datetime import UTC, datetime

from app import notices
from app.activity import APP
from app.doctor import mending
from app.doctor.diagnosis import diagnose
from app.doctor.evidence import gather
from app.doctor.finding import Finding
from app.models import Shop
from app.runtime import Runtime
from app.wording import Said

__all__ = ["Finding", "examine", "mend", "report"]


def examine(runtime: Runtime, shop: Shop) -> list[Finding]:
    """What is wrong in the shop; what lets buyers past the limit first, then the worst."""
    return diagnose(gather(runtime, shop, datetime.now(UTC)))


def mend(runtime: Runtime, shop: Shop, *, who: str = APP) -> list[Said]:
    """Put right what we may put right alone, as `who` asks. Says what was done. Raises ShopError."""
    evidence = gather(runtime, shop, datetime.now(UTC))
    return mending.mend(runtime, shop, evidence, who)


def report(runtime: Runtime, shop: Shop) -> None:
    """Mend what we may, and tell the shop's staff once of what was or is wrong. Raises ShopError."""
    evidence = gather(runtime, shop, datetime.now(UTC))
    findings = diagnose(evidence)
    with runtime.engine.begin() as connection:
        mending.tell(connection, shop.id, findings)
    mending.mend(runtime, shop, evidence, APP)
    if evidence.trouble is None:
        notices.send(runtime.engine, shop.id, runtime.platform(shop))
