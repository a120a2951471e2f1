"""Where a rule holds, as its form carries it: what the shop once said the names are, so that it is not asked again."""

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import NotFound

from app.admin.acting import Refused
from app.admin.visit import Visit
from app.engine.rules import Scope
from app.rulebook import Place
from app.wording import gettext as _

SALT = "the place of a rule"


def sealed(visit: Visit, place: Place) -> str:
    """The place as a form carries it."""
    seal = URLSafeSerializer(visit.runtime.config.secret_key, SALT)
    return str(seal.dumps([visit.shop.id, place.scope.value, *place[1:]]))


def unsealed(visit: Visit) -> Place:
    """The place that the form was made for. Raises Refused."""
    seal = URLSafeSerializer(visit.runtime.config.secret_key, SALT)
    try:
        shop_id, scope, target, name, channel_id = seal.loads(request.form.get("place", ""))
    except (BadSignature, ValueError, TypeError) as bad:
        raise Refused(_("This form has grown old. Go back, reload the page, and send it again.")) from bad
    if shop_id != visit.shop.id:
        raise Refused(_("This form is another shop's."))
    return Place(Scope(scope), target, name, channel_id)


def unsealed_or_gone(visit: Visit) -> Place:
    """The same, for a page: there is none for a form that does not hold. Raises NotFound."""
    try:
        return unsealed(visit)
    except Refused as wrong:
        raise NotFound from wrong
