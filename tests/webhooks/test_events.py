"""Which event is a hint for what."""

import json
from typing import Any

import pytest
from graphql import FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, parse

from app.resources import document, manifest
from webhooks.saleor import HINTS, UNDERSTOOD, is_echo, payload_of, targets

WEBHOOKS: list[dict[str, Any]] = manifest()["webhooks"]


def test_the_door_understands_exactly_what_the_manifest_asks_for() -> None:
    asked = [event.lower() for webhook in WEBHOOKS for event in webhook["asyncEvents"]]
    assert len(asked) == len(set(asked))
    assert set(asked) == UNDERSTOOD


def test_each_webhook_subscribes_to_its_own_events() -> None:
    for webhook in WEBHOOKS:
        subscribed = [_event_of(typename) for typename in _fragments(webhook)]
        assert subscribed == [event.lower() for event in webhook["asyncEvents"]]


def test_every_id_the_door_looks_for_is_in_the_payload_it_asked_for() -> None:
    for webhook in WEBHOOKS:
        for typename, selection in _fragments(webhook).items():
            _, path = HINTS.get(_event_of(typename), ("", ""))
            if path:
                assert path in _paths(selection)


def test_payloads_name_ids_and_who_caused_them_and_nothing_else() -> None:
    for webhook in WEBHOOKS:
        leaves = {path.rpartition(".")[2] for selection in _fragments(webhook).values() for path in _paths(selection)}
        assert leaves <= {"id", "isActive"}


@pytest.mark.parametrize(
    "event, payload, expected",
    [
        ("order_created", {"order": {"id": "o1"}}, [("order", "o1")]),
        ("order_bulk_created", {"orders": [{"id": "o1"}, {"id": "o2"}]}, [("order", "o1"), ("order", "o2")]),
        ("fulfillment_canceled", {"order": {"id": "o1"}}, [("order", "o1")]),
        ("product_variant_stock_updated", {"productVariant": {"id": "v1"}}, [("variant", "v1")]),
        (
            "product_updated",
            {"product": {"productVariants": {"edges": [{"node": {"id": "v1"}}, {"node": {"id": "v2"}}]}}},
            [("variant", "v1"), ("variant", "v2")],
        ),
        ("product_deleted", {"product": {"id": "p1"}}, [("product", "p1")]),
        ("warehouse_updated", {"warehouse": {"id": "w1"}}, [("layout", "")]),
        ("channel_status_changed", {}, [("layout", "")]),
    ],
)
def test_an_event_is_a_hint_for_what_its_payload_names(
    event: str, payload: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert targets(event, payload) == expected


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"order": None},
        {"order": []},
        {"order": "o1"},
        {"order": {"id": None}},
        {"order": {"id": 7}},
        {"order": {"id": ""}},
        {"order": {"id": "a\x00b"}},
        {"order": {"id": "\ud800"}},
        {"order": {"id": "x" * 5000}},
        {"order": [[{"id": "o1"}]]},
    ],
)
def test_what_is_no_usable_id_is_passed_over(payload: dict[str, Any]) -> None:
    assert targets("order_updated", payload) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_has_no_payload(body: bytes) -> None:
    assert payload_of(body) is None


def test_our_own_writes_are_known_by_who_issued_them() -> None:
    assert is_echo({"issuingPrincipal": {"id": "QXBwOjE="}}, "QXBwOjE=")


@pytest.mark.parametrize("principal", [None, {}, {"id": "QXBwOjI="}, {"__typename": "User"}, "QXBwOjE="])
def test_what_others_caused_is_no_echo(principal: Any) -> None:
    payload = json.loads(json.dumps({"issuingPrincipal": principal}))
    assert not is_echo(payload, "QXBwOjE=")


def _event_of(typename: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in typename).lstrip("_")


def _fragments(webhook: dict[str, Any]) -> dict[str, SelectionSetNode]:
    """The selection of each event type in a webhook's document."""
    [operation] = parse(document(webhook["document"])).definitions
    assert isinstance(operation, OperationDefinitionNode)
    [event] = operation.selection_set.selections
    assert isinstance(event, FieldNode)
    assert event.selection_set
    return {
        part.type_condition.name.value: part.selection_set
        for part in event.selection_set.selections
        if isinstance(part, InlineFragmentNode) and part.type_condition
    }


def _paths(selection: SelectionSetNode) -> list[str]:
    found = []
    for part in selection.selections:
        assert isinstance(part, FieldNode)
        below = _paths(part.selection_set) if part.selection_set else []
        found += [f"{part.name.value}.{path}" for path in below] or [part.name.value]
    return found
