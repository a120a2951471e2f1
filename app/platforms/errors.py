"""What can go wrong with a shop: one exception that says whether trying again can help."""

from typing import Any

from flask_babel import LazyString as Text

from app.refusal import Refusal

UNREACHABLE = "UNREACHABLE"
TIMEOUT = "TIMEOUT"
NOT_GRAPHQL = "NOT_GRAPHQL"
TOO_LARGE = "TOO_LARGE"
TOO_COMPLEX = "TOO_COMPLEX"
TOKEN_DEAD = "TOKEN_DEAD"  # noqa: S105 - a name, not a token
PERMISSION_DENIED = "PERMISSION_DENIED"
CANNOT_CANCEL = "CANNOT_CANCEL_ORDER"


class ShopError(Refusal):
    """The shop did not do what was asked. `retry`: the same call may work later.

    What the shop itself says is told in its own words.

    `code` is one of the names above, `HTTP_` and a status, or the platform's own word for it. `wait` is the pause the
    shop asked for, in seconds.
    """

    def __init__(
        self, text: Text | str, /, *, retry: bool, code: str = "", wait: float | None = None, **values: Any
    ) -> None:
        super().__init__(text, **values)
        self.retry = retry
        self.code = code
        self.wait = wait
