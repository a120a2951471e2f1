"""Errors people and programs meet: JSON under /api, a page with a way on elsewhere."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException

log = structlog.get_logger()

Answer = tuple[str | dict[str, Any], int]


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> Answer:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(status, error.description or error.name)


def _unexpected(error: Exception) -> Answer:
    log.error("unexpected error", path=request.path, exc_info=error)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side. Nothing was lost; try again.")


def _answer(status: int, message: str) -> Answer:
    if request.path.startswith("/api/"):
        return {"error": {"message": message}}, status
    return render_template("error.html", title=HTTPStatus(status).phrase, message=message), status
