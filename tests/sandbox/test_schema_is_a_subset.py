"""Whatever the sandbox says exists, exists in Saleor too, under the same name and type."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    validate_schema,
)

ROOT = Path(__file__).parents[2]
OURS = ROOT / "sandbox" / "schema.graphql"
SALEORS = ROOT.parent / "shared" / "schemas" / "saleor-3.23.graphql"


@cache
def ours() -> GraphQLSchema:
    return build_schema(OURS.read_text())


def saleors() -> GraphQLSchema | None:
    return build_schema(SALEORS.read_text(), assume_valid=True, assume_valid_sdl=True) if SALEORS.exists() else None


def test_the_schema_is_valid_by_itself() -> None:
    assert validate_schema(ours()) == []


def test_every_type_field_argument_and_value_is_saleors() -> None:
    real = saleors()
    if real is None:
        sys.stdout.write("Saleor's schema is not beside the repository: nothing to compare with\n")
        return
    assert list(differences(ours(), real)) == []


def differences(mine: GraphQLSchema, real: GraphQLSchema) -> Iterator[str]:
    for name, kind in mine.type_map.items():
        if name.startswith("__"):
            continue
        same = real.type_map.get(name)
        if same is None or type(same) is not type(kind):
            yield f"{name} is no {type(kind).__name__} in Saleor"
        elif isinstance(kind, GraphQLEnumType) and isinstance(same, GraphQLEnumType):
            yield from (f"{name}.{value}" for value in kind.values if value not in same.values)
        elif isinstance(kind, GraphQLUnionType) and isinstance(same, GraphQLUnionType):
            members = {member.name for member in same.types}
            yield from (f"{name} has no {member.name}" for member in kind.types if member.name not in members)
        elif isinstance(kind, GraphQLInputObjectType) and isinstance(same, GraphQLInputObjectType):
            yield from input_differences(name, kind, same)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and isinstance(same, type(kind)):
            yield from field_differences(name, kind, same)


def input_differences(name: str, kind: GraphQLInputObjectType, same: GraphQLInputObjectType) -> Iterator[str]:
    for field, definition in kind.fields.items():
        if field not in same.fields or str(same.fields[field].type) != str(definition.type):
            yield f"{name}.{field}: {definition.type}"


def field_differences(
    name: str,
    kind: GraphQLObjectType | GraphQLInterfaceType,
    same: GraphQLObjectType | GraphQLInterfaceType,
) -> Iterator[str]:
    for interface in kind.interfaces:
        if interface.name not in {each.name for each in same.interfaces}:
            yield f"{name} implements {interface.name}"
    for field, definition in kind.fields.items():
        real = same.fields.get(field)
        if real is None or str(real.type) != str(definition.type):
            yield f"{name}.{field}: {definition.type}"
            continue
        for argument, given in definition.args.items():
            if argument not in real.args or str(real.args[argument].type) != str(given.type):
                yield f"{name}.{field}({argument}: {given.type})"
