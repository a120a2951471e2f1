"""Pages ask the shop through its API, as a shopper or as staff, without going over the network."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, flash, redirect
from werkzeug.wrappers import Response as AnyResponse

from sandbox.api.call import Call
from sandbox.state.people import User

if TYPE_CHECKING:
    from sandbox.server import Server


DOCUMENTS = Path(__file__).parent / "documents"


def document(name: str) -> str:
    return (DOCUMENTS / f"{name}.graphql").read_text()


class Refused(Exception):
    """The shop said no; the message is its own, as a sentence."""


def server() -> Server:
    found: Server = current_app.config["SERVER"]
    return found


def staff_users() -> list[User]:
    return [user for user in server().shop.users if user.is_staff and user.is_active]


def staff(document: str, **variables: Any) -> Any:
    """The one field a document asks for, as the shop's first staff user."""
    return as_user(staff_users()[0], document, **variables)


def as_user(user: User, document: str, **variables: Any) -> Any:
    return _ask(Call(server().shop, server().origin, user=user, server=server()), document, variables)


def shopper(document: str, **variables: Any) -> Any:
    return _ask(Call(server().shop, server().origin, server=server()), document, variables)


def _ask(call: Call, document: str, variables: dict[str, Any]) -> Any:
    _, answer = server().executor.run(call, document, variables)
    if answer.get("errors"):
        raise Refused(_sentence(answer["errors"]))
    [value] = answer["data"].values()
    if isinstance(value, dict) and value.get("errors"):
        raise Refused(_sentence(value["errors"]))
    return value


def _sentence(errors: list[dict[str, Any]]) -> str:
    words = " ".join(str(error.get("message") or "").strip().rstrip(".") + "." for error in errors)
    return f"The shop refused: {words}"


def posting(target: Callable[[], str]) -> Callable[[Callable[..., str | None]], Callable[..., AnyResponse]]:
    """A form's handler: does its work, then sends the browser on, with a word on what came of it.

    The handler returns where to go; None goes to ``target``. What the shop refuses becomes a message there.
    """

    def around(handle: Callable[..., str | None]) -> Callable[..., AnyResponse]:
        @wraps(handle)
        def handled(**arguments: Any) -> AnyResponse:
            goal: str | None = None
            try:
                goal = handle(**arguments)
            except Refused as refused:
                flash(str(refused), "bad")
            answer: Response | AnyResponse = redirect(goal or target(), code=303)
            return answer

        return handled

    return around
