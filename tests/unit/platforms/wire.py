"""The far end of a GraphQL wire: answers each top-level field by a handler, and keeps what it was asked."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse, value_from_ast_untyped
from requests import PreparedRequest

URL = "https://shop.example/graphql/"

Arguments = dict[str, Any]
Handler = Callable[[Arguments], Any]
HttpAnswer = tuple[int, dict[str, str], str]


class Broken(Exception):
    """A handler's word for a GraphQL error of its field: `code` as Saleor calls the exception."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Wire:
    """Set `handlers` by field name; `requests` lists the fields and arguments of each request, in order."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.requests: list[list[tuple[str, Arguments]]] = []
        self.variables: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.headers: dict[str, str] = {}

    def asked(self, field: str) -> list[Arguments]:
        """The arguments of every time the field was asked for."""
        return [arguments for request in self.requests for name, arguments in request if name == field]

    def answer(self, request: PreparedRequest) -> HttpAnswer:
        payload = json.loads(request.body or b"")
        variables = payload.get("variables") or {}
        fields = list(_fields(payload["query"], variables))
        self.requests.append([(name, arguments) for _, name, arguments in fields])
        self.variables.append(variables)
        self.tokens.append(request.headers.get("Authorization"))
        data: dict[str, Any] = {}
        errors = []
        for key, name, arguments in fields:
            try:
                data[key] = self.handlers[name](arguments)
            except Broken as broken:
                data[key] = None
                code = {"exception": {"code": broken.code}}
                errors.append({"message": str(broken), "path": [key], "extensions": code})
        body = {"data": data, "extensions": {"cost": {"requestedQueryCost": 7}}} | (
            {"errors": errors} if errors else {}
        )
        return 200, {"Content-Type": "application/json"} | self.headers, json.dumps(body)


def _fields(query: str, variables: dict[str, Any]) -> Iterator[tuple[str, str, Arguments]]:
    (operation,) = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    for field in operation.selection_set.selections:
        assert isinstance(field, FieldNode)
        arguments = {a.name.value: value_from_ast_untyped(a.value, variables) for a in field.arguments or ()}
        yield field.alias.value if field.alias else field.name.value, field.name.value, arguments


def connection(*nodes: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    """A page of nodes; with a cursor, more pages follow."""
    edges = [{"node": node} for node in nodes]
    return {"pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor}, "edges": edges}


def done(**fields: Any) -> Handler:
    """A mutation that refuses nothing."""
    return lambda _arguments: {"errors": []} | fields


def refused(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    return {"errors": [{"field": field, "code": code, "message": message}]}


def pages(*found: dict[str, Any]) -> Handler:
    return lambda _arguments: connection(*found)


def in_turn(*answers: Any) -> Handler:
    """One answer after another; an exception among them is raised."""
    left = iter(answers)

    def next_one(_arguments: Arguments) -> Any:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return next_one
