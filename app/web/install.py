"""Manifest and registration."""

from typing import Any

import structlog
from flask import Blueprint, current_app, request
from pydantic import BaseModel, Field, ValidationError

from app import installs, tasks
from app.runtime import Runtime

log = structlog.get_logger()

views = Blueprint("install", __name__)


class Registration(BaseModel):
    """What a shop hands over when the app is installed."""

    auth_token: str = Field(min_length=1, max_length=4096)


@views.get("/api/manifest")
def manifest() -> dict[str, Any]:
    return installs.manifest(_runtime().config)


@views.post("/api/register")
def register() -> tuple[dict[str, Any], int]:
    api_url = request.headers.get("Saleor-Api-Url", "")
    try:
        body = Registration.model_validate_json(request.get_data())
        shop_id = installs.register(_runtime(), api_url, body.auth_token)
    except ValidationError:
        return _refusal("The body must be a JSON object with auth_token.", 400)
    except installs.Refused as refused:
        return _refusal(str(refused), 403)
    _look_around(shop_id)
    return {"success": True}, 200


def _look_around(shop_id: int) -> None:
    """Have the new shop read at once. Where that fails, the periodic look-after sees that it was never swept."""
    try:
        tasks.ask_sweep(shop_id)
    except Exception:
        log.exception("sweep not asked for", shop=shop_id)


def _refusal(message: str, status: int) -> tuple[dict[str, Any], int]:
    """In the shape Saleor shows to its staff."""
    return {"success": False, "error": {"message": message}}, status


def _runtime() -> Runtime:
    runtime: Runtime = current_app.extensions["dueback"]
    return runtime
