"""Who is asking, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.state.people import App, User
from sandbox.state.shop import Shop

from .refusals import PermissionDenied, QueryError

AUTHENTICATED_APP = "AUTHENTICATED_APP"
AUTHENTICATED_STAFF_USER = "AUTHENTICATED_STAFF_USER"


@dataclass(slots=True)
class Call:
    """One request. Staff users and apps may do what their permissions say; anybody else what needs none.

    ``url`` is the shop's own address without a path; ``server`` installs apps and signs tokens; ``wrong_token`` says
    why a JWT counts for nothing; ``narrowed`` are the permissions of a token that an app got for this user, in place of
    the user's own.
    """

    shop: Shop
    url: str
    user: User | None = None
    app: App | None = None
    server: Any = None
    wrong_token: QueryError | None = None
    narrowed: tuple[str, ...] | None = None

    @property
    def user_pk(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def app_pk(self) -> int | None:
        return self.app.pk if self.app else None

    def may(self, permissions: Iterable[str]) -> bool:
        """Whether the caller has at least one of these."""
        if self.app is not None:
            granted = self.app.permissions
            return any(name in granted or name == AUTHENTICATED_APP for name in permissions)
        if self.user is None or not self.user.is_staff:
            return False
        granted = self.user.permissions if self.narrowed is None else self.narrowed
        return any(name in granted or name == AUTHENTICATED_STAFF_USER for name in permissions)

    def need(self, permissions: Iterable[str]) -> None:
        names = tuple(permissions)
        if not names:
            return
        if self.wrong_token is not None:
            raise self.wrong_token
        if not self.may(names):
            raise PermissionDenied(names)

    @property
    def sees_unpublished(self) -> bool:
        return self.may(("MANAGE_ORDERS", "MANAGE_DISCOUNTS", "MANAGE_PRODUCTS"))


Info = GraphQLResolveInfo[Call]
