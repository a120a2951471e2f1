"""Errors people and programs meet: JSON under /api, a page with a way on elsewhere."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from app import admin, api

log = structlog.get_logger()

Headers = dict[str, str]
Answer = tuple[str | dict[str, Any], int, Headers] | tuple[str, int]


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> Answer | Response:
    if isinstance(error, RequestRedirect):
        return error.get_response()
    if api.is_ours(request.path):
        return api.error_response(error)
    if admin.is_ours(request.path):
        return admin.error_page(error)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _answer(status, error.description or status.description, _headers(error))


def _unexpected(error: Exception) -> Answer | Response:
    log.error("unexpected error", path=request.path, exc_info=error)
    if api.is_ours(request.path):
        return api.unexpected()
    if admin.is_ours(request.path):
        return admin.error_page(InternalServerError())
    message = "Something went wrong on our side. Nothing was lost; try again."
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, message, {})


def _headers(error: HTTPException) -> Headers:
    """What the status asks for besides, such as Allow; the body's own are made anew."""
    return {name: value for name, value in error.get_headers() if not name.startswith("Content-")}


def _answer(status: HTTPStatus, message: str, headers: Headers) -> Answer:
    if request.path.startswith("/api/"):
        return {"error": {"message": message}}, status, headers
    return render_template("error.html", title=status.phrase, message=message), status, headers
