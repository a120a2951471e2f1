"""Resolvers by name, and the schema they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from operator import attrgetter
from pathlib import Path
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema, is_abstract_type

from .call import Call
from .names import type_name_of
from .refusals import FieldError, Invalid
from .scalars import install_scalars

Resolver = Callable[..., Any]
# Names that Python has other uses for.
_ARGUMENTS = {"id": "gid", "input": "data", "filter": "filters"}
SCHEMA_FILE = Path(__file__).parent.parent / "schema.graphql"


@dataclass(frozen=True)
class Registered:
    resolve: Resolver
    needs: tuple[str, ...] = ()


FIELDS: dict[str, Registered] = {}
MUTATIONS: dict[str, Registered] = {}


def field(*paths: str, needs: tuple[str, ...] = ()) -> Callable[[Resolver], Resolver]:
    """Register a resolver ``(source, info, **arguments)`` for ``Type.field`` paths."""

    def register(resolve: Resolver) -> Resolver:
        for path in paths:
            FIELDS[path] = Registered(resolve, needs)
        return resolve

    return register


def mutation(name: str, *needs: str) -> Callable[[Resolver], Resolver]:
    """Register ``(call, **arguments)`` as a mutation: one unit of work, whose refusals become its ``errors``."""

    def register(perform: Resolver) -> Resolver:
        MUTATIONS[name] = Registered(perform, needs)
        return perform

    return register


def attribute(path: str, name: str) -> None:
    """Say that a field is a row's attribute of another name."""
    FIELDS[path] = Registered(_reader(name))


def _reader(name: str) -> Resolver:
    get = attrgetter(name)
    return lambda source, _info: source.get(name) if type(source) is dict else get(source)


def _snake(name: str) -> str:
    return name if name.isupper() else re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _guarded(registered: Registered) -> Resolver:
    resolve, needs = registered.resolve, registered.needs
    if not needs:
        return resolve

    def guarded(source: Any, info: Any, **arguments: Any) -> Any:
        info.context.need(needs)
        return resolve(source, info, **arguments)

    return guarded


def _mutating(registered: Registered) -> Resolver:
    perform, needs = registered.resolve, registered.needs

    @wraps(perform)
    def mutate(_root: Any, info: Any, **arguments: Any) -> dict[str, Any]:
        call: Call = info.context
        call.need(needs)
        try:
            with call.shop.working(call.user_pk, call.app_pk):
                payload: dict[str, Any] = perform(call, **arguments)
        except Invalid as refused:
            return {"errors": [error_row(error) for error in refused.errors]}
        return {"errors": []} | payload

    return mutate


def error_row(error: FieldError) -> dict[str, Any]:
    return {"field": error.field, "message": error.message, "code": error.code} | error.extra


def build() -> GraphQLSchema:
    """The schema with every resolver in place; a registered name it does not have is a mistake of ours."""
    schema = build_schema(SCHEMA_FILE.read_text())
    install_scalars(schema)
    for type_name, graphql_type in schema.type_map.items():
        if isinstance(graphql_type, GraphQLObjectType) and not type_name.startswith("__"):
            _attach(graphql_type)
        elif isinstance(graphql_type, GraphQLInputObjectType):
            for name, definition in graphql_type.fields.items():
                definition.out_name = _snake(name)
        elif is_abstract_type(graphql_type):
            graphql_type.resolve_type = _type_of
    return schema


def _attach(graphql_type: GraphQLObjectType) -> None:
    for name, definition in graphql_type.fields.items():
        for argument_name, argument in definition.args.items():
            argument.out_name = _ARGUMENTS.get(argument_name) or _snake(argument_name)
        registered = FIELDS.get(f"{graphql_type.name}.{name}")
        if graphql_type.name == "Mutation":
            definition.resolve = _mutating(MUTATIONS[name])
        elif registered is not None:
            definition.resolve = _guarded(registered)
        else:
            definition.resolve = _reader(_snake(name))


def _type_of(value: Any, info: Any, abstract: Any) -> str:
    return type_name_of(value, abstract.name)
