"""The door for tests and demos: POST switches as JSON to /sandbox/control, GET shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .state.shop import Shop
from .state.switches import Switches

Respond = Callable[[str, Any], list[bytes]]
_WEBHOOKS = {"drop": "drop", "duplicate": "duplicate", "shuffle": "shuffle", "delay_seconds": "delay"}


def shown(switches: Switches) -> dict[str, Any]:
    return {
        "mended_allocation": switches.mended_allocation,
        "webhooks": {name: getattr(switches, attribute) for name, attribute in _WEBHOOKS.items()},
        "latency_ms": round(switches.latency * 1000),
        "app_token_seconds": switches.app_token_seconds,
        "refresh_seconds": switches.refresh_seconds,
    }


def control(shop: Shop, environ: Mapping[str, Any], respond: Respond) -> list[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["REQUEST_METHOD"] == "GET":
        return respond("200 OK", shown(shop.switches))
    if environ["REQUEST_METHOD"] != "POST":
        return respond("405 Method Not Allowed", {"error": "GET or POST"})
    try:
        turn(shop.switches, json.loads(body))
    except ValueError as wrong:
        return respond("400 Bad Request", {"error": str(wrong)})
    return respond("200 OK", shown(shop.switches))


def turn(switches: Switches, asked: Any) -> None:
    """Set what is asked for; ValueError says what is not understood, and then nothing is set."""
    steps: list[tuple[str, Any]] = []
    for name, value in _object(asked, "the body").items():
        match name:
            case "mended_allocation":
                steps.append(("mended_allocation", _flag(name, value)))
            case "latency_ms":
                steps.append(("latency", _number(name, value) / 1000))
            case "app_token_seconds":
                steps.append((name, _number(name, value, least=-3600)))
            case "refresh_seconds":
                steps.append((name, _number(name, value)))
            case "webhooks":
                for inner, setting in _object(value, name).items():
                    if inner not in _WEBHOOKS:
                        raise ValueError(f"unknown switch webhooks.{inner}; there are {', '.join(_WEBHOOKS)}")
                    read = _number if inner == "delay_seconds" else _flag
                    steps.append((_WEBHOOKS[inner], read(inner, setting)))
            case _:
                raise ValueError(f"unknown switch {name}; there are {', '.join(shown(switches))}")
    for attribute, value in steps:
        setattr(switches, attribute, value)


def _object(value: Any, name: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError(f"{name} must be an object")


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name} must be true or false")


def _number(name: str, value: Any, least: float = 0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
        raise ValueError(f"{name} must be a number, not below {least}")
    return float(value)
