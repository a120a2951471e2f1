"""From a request to a handler and back: who asks, how often, what, and whether it was asked before."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import BaseModel, ValidationError
from sqlalchemy import Row
from werkzeug.exceptions import HTTPException

from app import keys, tasks
from app.api import (
    arrivals,
    fields,
    paging,
    policy,
    queue,
    reasons,
    repeats,
    reports,
    rules,
    suppliers,
    supplies,
    supply_history,
    turns,
)
from app.api.call import Call, Route
from app.api.openapi import document
from app.api.problem import Problem
from app.api.rate import Rates
from app.models import Shop
from app.platforms import ShopError
from app.refusal import Refusal
from app.rulebook import BadRule, NoSuchTarget, StaleRule
from app.runtime import Runtime
from app.supply import BadSupply, ChangedMeanwhile, NoSuchSupply
from app.turns import BadMove, BadPolicy

PREFIX = "/api/v1"
ROUTES: tuple[Route, ...] = (
    *rules.ROUTES,
    *suppliers.ROUTES,
    *supplies.ROUTES,
    *supply_history.ROUTES,
    *arrivals.ROUTES,
    *queue.ROUTES,
    *reasons.ROUTES,
    *reports.ROUTES,
    *policy.ROUTES,
    *turns.ROUTES,
)

# The first that fits; the message says what to do.
REFUSALS: tuple[tuple[type[Refusal], int], ...] = (
    (NoSuchTarget, 404),
    (StaleRule, 409),
    (BadRule, 400),
    (NoSuchSupply, 404),
    (ChangedMeanwhile, 409),
    (BadSupply, 400),
    (BadMove, 409),
    (BadPolicy, 400),
    (ShopError, 502),
)

views = Blueprint("api", __name__)


def register(app: Flask) -> None:
    """Mount the API and its document."""
    app.extensions["dueback-rates"] = Rates()
    for route in ROUTES:
        path = PREFIX + route.path.replace("{", "<int:").replace("}", ">")
        name = f"{route.method} {route.path}".replace(".", "_")
        app.add_url_rule(path, name, _view(route), methods=[route.method])
    app.register_blueprint(views)


@views.get("/api/openapi.json")
def openapi() -> dict[str, Any]:
    return document(ROUTES, PREFIX)


def error_response(error: HTTPException) -> Response:
    """What Flask itself refuses under our prefix."""
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if not name.startswith("Content-")}
    return Problem(status, error.description or "The request cannot be answered.", headers=headers).response()


def unexpected() -> Response:
    return Problem(
        500, "Something went wrong on our side. Ask again; a write with the same Idempotency-Key."
    ).response()


def is_ours(path: str) -> bool:
    return path.startswith(PREFIX + "/")


def _view(route: Route) -> Callable[..., Response]:
    def view(**ids: int) -> Response:
        try:
            return _answer(route, ids)
        except Problem as problem:
            wrong = fields.named(problem.detail, route.query, route.body)
            # What the shop says is about no field of the request.
            if wrong and problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                problem.more = {"errors": wrong} | problem.more
            return problem.response()

    return view


def _answer(route: Route, ids: dict[str, int]) -> Response:
    runtime: Runtime = current_app.extensions["dueback"]
    shop, key = _caller(runtime, route)
    if any(number >= paging.LARGEST for number in ids.values()):
        raise Problem(404, "There is nothing of that number.")
    if route.query is None and request.args:
        raise Problem(400, f"{next(iter(request.args))}: There is no such parameter here.")
    query = _checked(route.query, lambda model: model.model_validate(_query()))
    body = _checked(route.body, lambda model: model.model_validate_json(_body()))
    made = (runtime, shop, f"API key {key.name}", ids, query, body)
    if route.method == "GET" or "Idempotency-Key" not in request.headers:
        status, text = _perform(route, *made, keep=None)
    else:
        status, text = _once(route, runtime, shop, made)
    if route.method != "GET":
        tasks.try_to_wake(shop.id)
    return Response(text, status, content_type="application/json")


def _caller(runtime: Runtime, route: Route) -> tuple[Shop, Row[*tuple[Any, ...]]]:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    with runtime.engine.begin() as connection:
        key = keys.find(connection, secret.strip()) if kind.lower() == "bearer" else None
    if key is None:
        detail = "Send a key that holds: Authorization: Bearer KEY. Dueback's settings or `dueback key add` make one."
        raise Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})
    rates: Rates = current_app.extensions["dueback-rates"]
    if pause := rates.wait(key.id, key.per_minute):
        seconds = str(int(pause) + 1)
        raise Problem(429, f"This key may make {key.per_minute} requests a minute.", headers={"Retry-After": seconds})
    if route.scope not in key.scopes:
        raise Problem(403, f"This key lacks the scope {route.scope}; it has {', '.join(key.scopes)}.")
    shop = runtime.shop(key.shop_id)
    if shop.state == "removed" and route.method != "GET":
        raise Problem(409, "The shop has uninstalled Dueback. Install it again to change anything.")
    return shop, key


def _query() -> dict[str, str]:
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Problem(400, f"{twice[0]}: Give it once.")
    return request.args.to_dict()


def _body() -> bytes:
    if request.mimetype != "application/json":
        raise Problem(415, "Send JSON: Content-Type: application/json.")
    return request.get_data()


def _checked(model: type[BaseModel] | None, read: Callable[[type[BaseModel]], BaseModel]) -> Any:
    if model is None:
        return None
    try:
        return read(model)
    except ValidationError as wrong:
        errors = fields.errors(model, wrong)
        first = errors[0]
        detail = f"{first['field'] or 'body'}: {first['message'].rstrip('.')}."
        raise Problem(400, detail, more={"errors": errors}) from wrong


def _once(route: Route, runtime: Runtime, shop: Shop, made: tuple[Any, ...]) -> tuple[int, str]:
    """A write under an Idempotency-Key."""
    key = request.headers["Idempotency-Key"]
    asked = repeats.fingerprint(request.method, request.full_path, request.get_data())
    taken = repeats.begin(runtime.engine, shop.id, key, asked, whole=route.whole)
    if taken.status is not None:
        return taken.status, taken.body
    try:
        return _perform(route, *made, keep=taken)
    except Problem:
        repeats.forget(runtime.engine, taken)
        raise


def _perform(
    route: Route, runtime: Runtime, shop: Shop, who: str, ids: Any, query: Any, body: Any, *,
    keep: repeats.Answered | None,
) -> tuple[int, str]:  # fmt: skip
    try:
        with runtime.engine.begin() as connection:
            if keep is not None:
                repeats.hold(connection, keep)
            found = route.handler(Call(runtime, shop, connection, who, ids, query, body))
            text = route.answer.model_validate(found, from_attributes=False).model_dump_json(by_alias=True)
            if keep is not None:
                repeats.keep(connection, keep, route.status, text)
    except tuple(kind for kind, _ in REFUSALS) as refused:
        status = next(status for kind, status in REFUSALS if isinstance(refused, kind))
        raise Problem(status, fields.told(refused)) from refused
    return route.status, text
