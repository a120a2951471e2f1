"""A webhook's subscription document: which events it asks for, and the body it makes of one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    parse,
    value_from_ast_untyped,
)


class BadSubscription(ValueError):
    """The document is no subscription that events can be told by."""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(found) != 1 or found[0].operation != OperationType.SUBSCRIPTION:
        raise BadSubscription("Subscription operation can't be found.")
    return found[0]


def read(query: str) -> DocumentNode:
    try:
        return parse(query)
    except GraphQLError as error:
        raise BadSubscription(str(error)) from None


def events_of(document: DocumentNode) -> list[str]:
    """The events by their lower-case names, in order of appearance."""
    fields = _fields(document)
    if fields[0].name.value != "event":
        return [_snake(node.name.value) for node in fields]
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    inner = fields[0].selection_set
    names = dict.fromkeys(_type_names(inner.selections if inner else (), fragments))
    if not names:
        raise BadSubscription("Event field can't be found.")
    return [_snake(name) for name in names]


def channels_of(document: DocumentNode) -> tuple[str, ...]:
    """The channels of ``subscription { orderCreated(channels: [...]) }``; none means all."""
    for node in _fields(document):
        for argument in node.arguments or ():
            if argument.name.value == "channels":
                return tuple(value_from_ast_untyped(argument.value) or ())
    return ()


def _fields(document: DocumentNode) -> list[FieldNode]:
    found = [node for node in _operation(document).selection_set.selections if isinstance(node, FieldNode)]
    if not found:
        raise BadSubscription("Event field can't be found.")
    return found


def _type_names(selections: Iterable[SelectionNode], fragments: dict[str, FragmentDefinitionNode]) -> Iterable[str]:
    for node in selections:
        if isinstance(node, InlineFragmentNode) and node.type_condition:
            yield node.type_condition.name.value
        elif isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            if fragment.type_condition.name.value == "Event":
                yield from _type_names(fragment.selection_set.selections, fragments)
            else:
                yield fragment.type_condition.name.value


def body_of(answer: dict[str, Any]) -> str | None:
    """The webhook's body: the event itself, written as Python writes JSON; None where there is nothing to tell."""
    data = answer.get("data") or {}
    body = (data.get("event") or {}) if "event" in data or not data else {"data": data}
    if answer.get("errors"):
        body = body | {"errors": answer["errors"]}
    return json.dumps(body) if body else None
