"""The GraphQL type of a value behind an interface or a union."""

from __future__ import annotations

from typing import Any

from sandbox.state.places import Method
from sandbox.state.shop import Happened

from .ids import TYPE_NAMES


class InChannel:
    """A product or variant as seen through a channel; everything but ``channel`` is the row's."""

    __slots__ = ("channel", "row")

    def __init__(self, row: Any, channel: str) -> None:
        self.row = row
        self.channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


def bare(value: Any) -> Any:
    return value.row if type(value) is InChannel else value


def channel_of(value: Any) -> str | None:
    return value.channel if type(value) is InChannel else None


def seen(row: Any, channel: str | None) -> Any:
    """The row as seen through a channel, if there is one."""
    return row if channel is None or row is None else InChannel(row, channel)


def type_name_of(value: Any, abstract: str) -> str:
    if isinstance(value, Told):
        return value.type_name
    if isinstance(value, dict):
        return str(value["__typename"])
    row = bare(value)
    if isinstance(row, Method):
        return "ShippingMethod" if abstract == "DeliveryMethod" else "ShippingMethodType"
    return TYPE_NAMES[type(row)]


class Told:
    """An event as one app is told of it."""

    def __init__(self, happened: Happened, recipient: Any) -> None:
        self.happened = happened
        self.recipient = recipient
        self.type_name = camel(happened.name)


def camel(event_name: str) -> str:
    """``order_created`` -> ``OrderCreated``."""
    return "".join(word.capitalize() for word in event_name.split("_"))
