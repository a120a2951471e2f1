"""Several mutations in one request."""

from graphql import print_ast

from app.platforms.combine import combined, field, parsed

SET, DROP = "saleor/mutations/set_metadata", "saleor/mutations/drop_metadata"


def test_each_call_keeps_its_own_variables_and_answer() -> None:
    document, variables = combined([(SET, {"id": "A", "input": []}), (SET, {"id": "B", "input": []})])
    text = print_ast(document)
    assert variables == {"id_0": "A", "input_0": [], "id_1": "B", "input_1": []}
    assert f"{field(0)}: updateMetadata(id: $id_0, input: $input_0)" in text
    assert f"{field(1)}: updateMetadata(id: $id_1, input: $input_1)" in text


def test_calls_of_different_kinds_share_a_request() -> None:
    document, _ = combined([(SET, {"id": "A", "input": []}), (DROP, {"id": "A", "keys": ["k"]})])
    (operation,) = document.definitions
    assert print_ast(operation).startswith("mutation Several($id_0: ID!, $input_0: [MetadataInput!]!, $id_1: ID!")


def test_the_same_kinds_in_the_same_order_are_put_together_once() -> None:
    first, _ = combined([(SET, {"id": "A"}), (DROP, {"id": "B"})])
    second, _ = combined([(SET, {"id": "C"}), (DROP, {"id": "D"})])
    assert first is second


def test_putting_together_leaves_the_documents_as_they_are() -> None:
    before = print_ast(parsed(SET))
    combined([(SET, {}), (SET, {})])
    assert print_ast(parsed(SET)) == before
