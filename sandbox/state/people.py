"""Who may act on the shop: users and apps, with what apps install."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .places import Metadata


@dataclass(slots=True)
class User:
    """``permissions`` are Saleor's codes; without ``is_staff`` they count for nothing."""

    pk: int
    email: str
    password: str
    is_staff: bool = False
    is_active: bool = True
    first_name: str = ""
    last_name: str = ""
    permissions: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class App:
    """``manifest`` is what the app said about itself; ``removed_at`` marks a deleted app, whose tokens are dead."""

    pk: int
    name: str
    created: datetime
    is_active: bool = False
    identifier: str | None = None
    type: str = "LOCAL"
    permissions: tuple[str, ...] = ()
    manifest_url: str | None = None
    manifest: dict[str, Any] = field(default_factory=dict)
    is_installed: bool = True
    removed_at: datetime | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Extension:
    """A place in the dashboard where an app shows itself.

    ``mount`` and ``target`` are lower-case, as Saleor keeps them. ``url`` is absolute, or a path below the app's own
    address.
    """

    pk: int
    app: int
    label: str
    url: str
    mount: str
    target: str
    permissions: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    identifier: str | None = None


@dataclass(slots=True)
class AppToken:
    pk: int
    app: int
    token: str
    name: str = ""


@dataclass(slots=True)
class Installation:
    pk: int
    app_name: str
    manifest_url: str
    permissions: tuple[str, ...]
    created: datetime
    updated_at: datetime
    activate: bool = True
    status: str = "PENDING"
    message: str | None = None


@dataclass(slots=True)
class Webhook:
    """``events`` are Saleor's lower-case event names."""

    pk: int
    app: int
    name: str
    target_url: str
    events: tuple[str, ...]
    query: str | None = None
    identifier: str | None = None
    is_active: bool = True
    secret_key: str | None = None
    custom_headers: dict[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()


@dataclass(slots=True)
class Delivery:
    """One event on its way to one webhook. A delivery that arrived is forgotten."""

    pk: int
    webhook: int
    event: str
    body: str
    created: datetime
    status: str = "PENDING"


@dataclass(slots=True)
class Attempt:
    pk: int
    delivery: int
    created: datetime
    status: str
    duration: float
    response: str | None = None
    code: int | None = None
    request_headers: str | None = None


@dataclass(slots=True)
class Problem:
    pk: int
    app: int
    key: str
    message: str
    created: datetime
    updated_at: datetime
    count: int = 1
    is_critical: bool = False
    dismissed: bool = False
    dismissed_by: str | None = None
    dismissed_email: str | None = None
    dismissed_user: int | None = None
