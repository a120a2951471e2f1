"""Every GraphQL document of ours is one the shop understands, and the folder of documents holds nothing else."""

from itertools import product
from pathlib import Path

import pytest
from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode, OperationType, build_schema, parse, validate

from app.platforms.combine import combined
from app.resources import document, manifest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "graphql"
SCHEMA = ROOT.parent / "shared" / "schemas" / "saleor-3.23.graphql"
NAMES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.graphql"))
COMBINED = ("set_metadata", "drop_metadata", "put_stocks", "note_order", "report_problem")
KINDS = {
    "queries": OperationType.QUERY,
    "mutations": OperationType.MUTATION,
    "subscriptions": OperationType.SUBSCRIPTION,
}


def operation(name: str) -> OperationDefinitionNode:
    (found,) = [node for node in parse(document(name)).definitions if isinstance(node, OperationDefinitionNode)]
    return found


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema | None:
    """Saleor's schema, where it lies beside the repository. It is not ours to carry along."""
    if not SCHEMA.is_file():
        return None
    return build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_one_operation_of_the_kind_its_folder_says(name: str) -> None:
    assert operation(name).operation is KINDS[name.split("/")[1]]


@pytest.mark.parametrize("name", NAMES)
def test_the_shops_schema_has_everything_a_document_asks_for(name: str, schema: GraphQLSchema | None) -> None:
    assert schema is None or validate(schema, parse(document(name))) == []


@pytest.mark.parametrize("names", list(product(COMBINED, COMBINED)))
def test_mutations_put_together_are_valid_as_well(names: tuple[str, str], schema: GraphQLSchema | None) -> None:
    merged, _ = combined([(f"saleor/mutations/{name}", {}) for name in names])
    assert schema is None or validate(schema, merged) == []


@pytest.mark.parametrize("name", [name for name in NAMES if "/mutations/" in name])
def test_a_mutation_asks_for_one_thing_and_for_what_was_refused(name: str) -> None:
    (field,) = operation(name).selection_set.selections
    assert isinstance(field, FieldNode)
    assert field.selection_set is not None
    asked = {node.name.value for node in field.selection_set.selections if isinstance(node, FieldNode)}
    assert "errors" in asked


def test_the_folder_of_documents_is_no_package() -> None:
    """With a .py file in it, it would hide graphql-core."""
    assert [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".graphql"] == []


def test_every_document_the_manifest_names_is_there() -> None:
    named = {webhook["document"] for webhook in manifest()["webhooks"]}
    assert named <= set(NAMES)
    assert named == {name for name in NAMES if "/subscriptions/" in name}


def test_a_document_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        document("saleor/queries/no_such")
