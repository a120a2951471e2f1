"""The places in the dashboard that an app's manifest asks for, checked as Saleor checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

DEFAULT_TARGET = "POPUP"
LONGEST_IDENTIFIER = 256


class BadExtension(ValueError):
    """Saleor would not take it; the message is Saleor's."""


def checked(manifest: Mapping[str, Any], known: Sequence[str]) -> list[dict[str, Any]]:
    """The manifest's extensions as rows keep them, without keys; ``known`` are the permissions that there are.

    Raises BadExtension. Which mounts and targets there are is the dashboard's affair, not checked here.
    """
    found = [dict(_checked(entry, manifest, known)) for entry in manifest.get("extensions") or ()]
    seen: set[str] = set()
    for identifier in (entry["identifier"] for entry in found if entry["identifier"]):
        if identifier in seen:
            raise BadExtension(f"Duplicate extension identifier: {identifier}.")
        seen.add(identifier)
    return found


def _checked(entry: Mapping[str, Any], manifest: Mapping[str, Any], known: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for name in ("label", "url", "mount"):
        if not isinstance(entry.get(name), str):
            raise BadExtension(f"{name}: Field required.")
    yield "label", entry["label"]
    yield "url", _url(entry["url"], manifest.get("appUrl"))
    yield "mount", entry["mount"].lower()
    yield "target", (entry.get("target") or DEFAULT_TARGET).lower()
    yield "permissions", _permissions(entry.get("permissions") or (), manifest.get("permissions") or (), known)
    yield "settings", dict(entry.get("options") or {})
    yield "identifier", _identifier(entry.get("identifier"))


def _url(url: str, app_url: str | None) -> str:
    parts = urlsplit(url)
    if (url.startswith("/") and app_url) or (parts.scheme in ("http", "https") and parts.netloc):
        return url
    raise BadExtension("Incorrect value for field: url.")


def _permissions(asked: Sequence[str], apps: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    if not set(asked) <= set(known):
        raise BadExtension("Given permissions don't exist.")
    if not set(asked) <= set(apps):
        raise BadExtension("Extension permission must be listed in App's permissions.")
    return tuple(asked)


def _identifier(given: str | None) -> str | None:
    """Blank is none; those may repeat."""
    identifier = (given or "").strip() or None
    if identifier and len(identifier) > LONGEST_IDENTIFIER:
        raise BadExtension(f"Identifier is too long. Maximum length is {LONGEST_IDENTIFIER} characters.")
    return identifier
