"""Words for how lines and variants stand. The keys are classes of badges, too."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as lazy

LINE: Mapping[str, Any] = {
    "ready": lazy("Ready"),
    "partly_ready": lazy("Partly ready"),
    "waiting": lazy("Waiting"),
    "late": lazy("Late"),
    "held": lazy("On hold"),
    "done": lazy("Shipped"),
}
VARIANT: Mapping[str, Any] = {
    "in_stock": lazy("In stock"),
    "backorder": lazy("Backorder"),
    "preorder": lazy("Preorder"),
    "out_of_stock": lazy("Sold out"),
}
