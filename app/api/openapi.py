"""The OpenAPI document, made from the same table as the routes."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.call import Route

REF = "#/components/schemas/{model}"
ALWAYS = (400, 401, 403, 404, 429)
ON_WRITES = (409, 413, 415, 422, 502)

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
        "errors": {
            "type": "array",
            "description": "The fields that are wrong, where `detail` is about fields of the request.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "supply": {"type": "integer", "description": "The supply that is there already, where one is."},
    },
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and request are answered the same for a day, and done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
}


def document(routes: Iterable[Route], prefix: str) -> dict[str, Any]:
    """OpenAPI 3.1 for these routes."""
    routes = list(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(prefix + route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dueback",
            "version": version("dueback"),
            "description": "Rules, supply, the queue and its reasons, for ERPs and scripts. One key, one shop.",
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(routes) | {"Problem": PROBLEM},
        },
    }


def _schemas(routes: Iterable[Route]) -> dict[str, Any]:
    bodies = {route.body for route in routes if route.body}
    answers = {route.answer for route in routes}
    wanted: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in bodies]
    wanted += [(model, "serialization") for model in answers]
    _, schemas = models_json_schema(sorted(wanted, key=lambda pair: pair[0].__name__), ref_template=REF)
    found: dict[str, Any] = schemas["$defs"]
    return found


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "summary": route.summary,
        "description": f"Scope: {route.scope}.",
        "tags": [route.path.split("/")[1]],
        "parameters": list(_parameters(route)),
        "responses": {str(route.status): _content("The answer.", route.answer.__name__)}
        | {str(status): _problem(status) for status in _problems(route)},
    }
    if route.body:
        operation["requestBody"] = {"required": True} | _media("application/json", route.body.__name__)
    return operation


def _problems(route: Route) -> Iterator[int]:
    yield from ALWAYS
    if route.method != "GET":
        yield from ON_WRITES


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", route.path):
        number = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
        yield {"name": name, "in": "path", "required": True, "schema": number}
    if route.query:
        schema = route.query.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            required = name in schema.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": _inlined(field, schema)}
    if route.method != "GET":
        yield IDEMPOTENCY


def _inlined(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Without references, and without null: a parameter is given or it is not."""
    field = dict(field)
    choices = [choice for choice in field.pop("anyOf", []) if choice.get("type") != "null"]
    if len(choices) == 1:
        field |= choices[0]
    if reference := field.pop("$ref", None):
        field |= schema["$defs"][reference.rsplit("/", 1)[1]]
    if field.get("default", ...) is None:
        del field["default"]
    return field


def _content(description: str, model: str) -> dict[str, Any]:
    return {"description": description} | _media("application/json", model)


def _problem(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase} | _media("application/problem+json", "Problem")


def _media(kind: str, model: str) -> dict[str, Any]:
    return {"content": {kind: {"schema": {"$ref": REF.format(model=model)}}}}
