"""Forms that do something: once, in one transaction, with a word on what came of it."""

import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError as BadCsrf

from app import tasks
from app.admin import entry, staff
from app.admin.staff import Needs
from app.admin.visit import Visit, opened
from app.api import repeats
from app.api.problem import Problem
from app.keys import BadKey
from app.leaving import CannotLeave
from app.platforms import ShopError
from app.rulebook import BadRule
from app.shop_settings import BadSetting
from app.supply import BadSupply
from app.turns import BadMove, BadPolicy
from app.wording import gettext as _

ONCE = "once"


class Refused(Exception):
    """What was asked for cannot be done. `field: what is wrong`, where one field is."""


REFUSALS: tuple[type[Exception], ...] = (
    Refused, BadRule, BadSupply, BadMove, BadPolicy, BadSetting, BadKey, CannotLeave, Problem, ShopError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in a sentence, and the page to go on to. `kind`: success, warning or info.

    Without a sentence the next page speaks for itself. `once` is a page that the first answer shows instead; it is kept
    nowhere, so that who sends the form again goes on. `outcomes` are kept with it for a day: see `kept`.
    """

    said: str
    to: str
    kind: str = "success"
    once: str = ""
    outcomes: Sequence[dict[str, str]] = ()


Handler = Callable[..., Done]
Again = Callable[..., ResponseReturnValue]


def once() -> str:
    """What makes a form one that counts once, however often it is sent."""
    return uuid.uuid4().hex


def acting(
    views: Blueprint,
    path: str,
    needs: Needs,
    again: Again,
    *,
    whole: bool = True,
    largest: int | None = None,
    **options: Any,
) -> Callable[[Handler], Handler]:
    """A form sent to `/admin/<shop>/path`.

    The handler takes the Visit, then what stands in the path. What it raises of REFUSALS undoes everything it did;
    `again`, the handler of a page, then shows the form anew: what was typed is in `request.form`, what is wrong in
    `g.wrong`. A handler that is not `whole` commits by itself, step by step, on connections of its own, and does what
    no transaction undoes; what it raises of REFUSALS, it raises before the first. `largest`: the bytes the form may
    have, where files come with it.
    """

    def around(handle: Handler) -> Handler:
        @wraps(handle)
        def answered(shop_id: int, **arguments: Any) -> ResponseReturnValue:
            person = staff.of_shop(shop_id)
            if person is None:
                return entry.sign_in_first(shop_id)
            with opened(person, needs) as visit:
                _check_size(largest)
                _check_csrf()
            try:
                return _go_on(_once(visit, needs, handle, arguments, whole=whole))
            except REFUSALS as wrong:
                g.wrong = str(wrong)
            with opened(person, needs) as visit:
                return make_response(again(visit, **arguments), 422)

        views.add_url_rule(f"/admin/<int:shop_id>{path}", view_func=answered, methods=["POST"], **options)
        return handle

    return around


def _check_size(largest: int | None) -> None:
    """Before anything of it is read."""
    limit = request.max_content_length = largest or request.max_content_length
    if limit and (request.content_length or 0) > limit:
        most = limit // 2**20
        raise RequestEntityTooLarge(_("That is more than %(most)s MB. Split it and send the parts.", most=most))


def _check_csrf() -> None:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except BadCsrf as bad:
        raise CSRFError(_("This form has grown old. Go back, reload the page, and send it again.")) from bad


def kept(visit: Visit, form: str) -> Done | None:
    """What came of a form within the last day, by what made it one that counts once."""
    found = repeats.kept(visit.connection, visit.shop.id, f"form:{form}")
    return Done(**json.loads(found)) if found else None


def _once(asking: Visit, needs: Needs, handle: Handler, arguments: dict[str, Any], *, whole: bool) -> Done:
    """What came of the form the first time it was sent. `asking` is over: what is done has a visit of its own."""
    key, runtime, shop_id = f"form:{request.form.get(ONCE, '')}", asking.runtime, asking.shop.id
    asked = repeats.fingerprint("POST", request.full_path, _sent())
    try:
        taken = repeats.begin(runtime.engine, shop_id, key, asked, whole=whole)
    except Problem as wrong:
        raise Refused(_not_anew(wrong)) from wrong
    if taken.status is not None:
        return Done(**json.loads(taken.body))
    try:
        with opened(asking.staff, needs) as visit:
            _hold(visit, taken)
            done = handle(visit, **arguments)
            body = json.dumps(asdict(replace(done, once="")))
            repeats.keep(visit.connection, taken, 303, body)
    except Exception as wrong:
        # Nobody knows how far one came that broke off between its steps.
        if whole or isinstance(wrong, REFUSALS):
            repeats.forget(runtime.engine, taken)
        raise
    tasks.try_to_wake(shop_id)
    return done


def _hold(visit: Visit, taken: repeats.Answered) -> None:
    try:
        repeats.hold(visit.connection, taken)
    except Problem as wrong:
        raise Refused(_not_anew(wrong)) from wrong


def _not_anew(wrong: Problem) -> str:
    match wrong.status:
        case HTTPStatus.CONFLICT:
            return str(_("This form was sent before and is still under way. Wait a moment, then look what came of it."))
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return str(_("This form was sent before, with other values. Look what came of it; then send it again."))
        case _:
            return str(_("This form lacks what it was sent with. Reload the page, and send it again."))


def _sent() -> bytes:
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return json.dumps([fields, *map(_file, request.files.values())]).encode()


def _file(upload: FileStorage) -> list[str]:
    """Its name and what is in it."""
    found = hashlib.file_digest(upload.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a file or BytesIO
    upload.stream.seek(0)
    return [upload.filename or "", found]


def _go_on(done: Done) -> ResponseReturnValue:
    if done.once:
        return make_response(done.once)
    if done.said:
        flash(done.said, done.kind)
    return redirect(done.to, 303)
