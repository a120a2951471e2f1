"""Run documents: parsed and checked once, executed with the shop's lock held, answered in Saleor's shape."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    execute_sync,
    parse,
    validate,
    visit,
)

from .call import Call
from .cost import COST_LIMIT, cost_of
from .refusals import InsufficientStock, Invalid, QueryError

MUTATION_LIMIT = 4
ALIAS_LIMIT = 100
_KNOWN_DOCUMENTS = 1000
_INTERNAL = "Internal Server Error"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document, and what is wrong with it; without one it could not even be read."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


class Executor:
    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.prepare = lru_cache(maxsize=_KNOWN_DOCUMENTS)(self._prepare)

    def run(
        self, call: Call, query: Any, variables: Any = None, operation: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """The HTTP status and the body: 400 and no data for a document that cannot run, else 200."""
        if not query or not isinstance(query, str):
            return 400, {"errors": [shaped(GraphQLError("Must provide a query string."))]}
        prepared = self.prepare(query)
        if prepared.document is None:
            return 400, {"errors": [shaped(error) for error in prepared.errors]}
        given = variables if isinstance(variables, Mapping) else {}
        cost = 0 if prepared.errors else cost_of(self.schema, prepared.document, given)
        charged = {"extensions": {"cost": {"requestedQueryCost": cost, "maximumAvailable": COST_LIMIT}}}
        if prepared.errors:
            return 400, {"errors": [shaped(error) for error in prepared.errors]} | charged
        if cost > COST_LIMIT:
            return 400, {"errors": [_too_dear(cost)]} | charged
        with call.shop.lock:
            answer = self.answer(call, prepared.document, given, operation)
        if answer["data"] is None and not any("path" in error for error in answer["errors"]):
            # Variables or an operation name that do not fit: nothing was executed.
            return 400, {"errors": answer["errors"]}
        return 200, answer | charged

    def answer(
        self,
        call: Call,
        document: DocumentNode,
        variables: Mapping[str, Any] | None = None,
        operation: str | None = None,
        root: Any = None,
    ) -> dict[str, Any]:
        result = execute_sync(
            self.schema,
            document,
            root_value=root,
            context_value=call,
            variable_values=dict(variables or {}),
            operation_name=operation or None,
        )
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = [shaped(error) for error in result.errors]
        answer["data"] = result.data
        return answer

    def _prepare(self, query: str) -> Prepared:
        try:
            document = parse(query)
        except GraphQLError as error:
            return Prepared(None, (error,))
        errors = [*validate(self.schema, document), *over_limits(document)]
        return Prepared(document, tuple(errors))


def _too_dear(cost: int) -> dict[str, Any]:
    message = f"The query exceeds the maximum cost of {COST_LIMIT}. Actual cost is {cost}"
    charged = {"cost": {"requestedQueryCost": cost, "maximumAvailable": COST_LIMIT}}
    return {"message": message, "extensions": charged | {"exception": {"code": "QueryCostError"}}}


def over_limits(document: DocumentNode) -> list[GraphQLError]:
    mutations = sum(
        len(node.selection_set.selections)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.operation == OperationType.MUTATION
    )
    counting = _Aliases()
    visit(document, counting)
    errors: list[GraphQLError] = []
    if mutations > MUTATION_LIMIT:
        errors.append(GraphQLError(f"Number of mutations exceed the limit of {MUTATION_LIMIT}"))
    if counting.seen > ALIAS_LIMIT:
        errors.append(GraphQLError(f"Number of aliases exceed the limit of {ALIAS_LIMIT}"))
    return errors


class _Aliases(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def enter_field(self, node: FieldNode, *_arguments: Any) -> None:
        self.seen += node.alias is not None


def shaped(error: GraphQLError) -> dict[str, Any]:
    """One entry of ``errors``: the cause's name as ``extensions.exception.code``, and no words of our own accidents."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    shape: dict[str, Any] = dict(error.formatted)
    code = type(cause).__name__ if isinstance(cause, GraphQLSyntaxError) else "GraphQLError"
    if isinstance(cause, QueryError | InsufficientStock):
        code = cause.code
    elif not isinstance(cause, GraphQLError | Invalid):
        log.error("a request failed", exc_info=cause)
        code, shape["message"] = type(cause).__name__, _INTERNAL
    shape["extensions"] = {"exception": {"code": code}}
    return shape
