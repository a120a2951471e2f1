"""The wire to one Saleor: asks and tells by document name, and puts Saleor's errors into our words."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy
from graphql import DocumentNode

from app.platforms.client import Answer, Client, Patience
from app.platforms.combine import parsed
from app.platforms.errors import PERMISSION_DENIED, TOKEN_DEAD, TOO_COMPLEX, ShopError
from app.platforms.seen import Identity

# What Saleor calls errors that no repetition mends; any other exception of its is trouble of its own that may pass.
LASTING = {
    "PermissionDenied": PERMISSION_DENIED,
    "QueryCostError": TOO_COMPLEX,
    "ExpiredSignatureError": TOKEN_DEAD,
    "InvalidSignatureError": TOKEN_DEAD,
    "InvalidTokenError": TOKEN_DEAD,
    "DecodeError": TOKEN_DEAD,
    "GraphQLError": "GraphQLError",
    "GraphQLSyntaxError": "GraphQLSyntaxError",
    "ValidationError": "ValidationError",
    "InsufficientStock": "InsufficientStock",
}

MOST_PAGES = 100_000

# Not one object's trouble but that of everything this token sends.
EVERYWHERE = {PERMISSION_DENIED, TOKEN_DEAD}


class Link:
    """A connection to one Saleor by its API address and the app's token."""

    def __init__(self, api_url: str, token: str, patience: Patience | None = None) -> None:
        self._client = Client(api_url, {"Authorization": f"Bearer {token}"}, judge, patience)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query. Raises ShopError."""
        document = parsed(f"saleor/queries/{query}")
        try:
            return self._client.execute(document, variables, repeatable=True)
        except ShopError as error:
            raise self._plainly(error) from error

    def pages(self, query: str, **variables: Any) -> Iterator[list[dict[str, Any]]]:
        """The nodes of each page of a query whose one connection is aliased `page`."""
        after: str | None = None
        seen: set[str | None] = set()
        while after not in seen and len(seen) < MOST_PAGES:
            seen.add(after)
            page = self.ask(query, after=after, **variables)["page"]
            yield nodes(page)
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return
        raise ShopError(lazy("The shop leads in circles through its {query}."), retry=False, code="PAGES", query=query)

    def tell(self, mutation: str, *, repeatable: bool, **variables: Any) -> dict[str, Any]:
        """The payload of a mutation. Raises ShopError, also for what the shop refuses."""
        document = parsed(f"saleor/mutations/{mutation}")
        try:
            (payload,) = self._client.execute(document, variables, repeatable=repeatable).values()
        except ShopError as error:
            raise self._plainly(error) from error
        for code, message in refusals(payload):
            raise ShopError(message, retry=False, code=code)
        found: dict[str, Any] = payload
        return found

    def send(self, document: DocumentNode, variables: Mapping[str, Any], *, repeatable: bool) -> Answer:
        """The answer to several mutations, with the problems of each. Raises ShopError for what concerns them all."""
        try:
            answer = self._client.answer(document, variables, repeatable=repeatable)
            for problem in answer.problems:
                if problem.code in EVERYWHERE:
                    raise problem.error()
        except ShopError as error:
            raise self._plainly(error) from error
        return answer

    def identity(self) -> Identity:
        """Who the token belongs to. Raises ShopError, TOKEN_DEAD where it belongs to nobody."""
        try:
            answer = self._client.answer(parsed("saleor/queries/app"), {}, repeatable=True)
        except ShopError as error:
            raise (_nobody() if error.code == PERMISSION_DENIED else error) from error
        app, shop = answer.data["app"], answer.data["shop"]
        if app is None:
            raise _nobody()
        identifier = app.get("identifier") or ""
        return Identity(app["id"], shop["name"], shop["version"], permissions(app), answer.clock, identifier)

    def close(self) -> None:
        self._client.close()

    def _plainly(self, error: ShopError) -> ShopError:
        """Saleor takes a dead token for no token, so its refusal may name anything: ask it who we are."""
        if not error.retry:
            self.identity()
        return error


def judge(error: Mapping[str, Any]) -> tuple[str, bool]:
    """A GraphQL error's code, and whether a retry can help."""
    match error:
        case {"extensions": {"exception": {"code": str(code)}}}:
            return (LASTING[code], False) if code in LASTING else (code, True)
        case _:
            return "", False


def refusals(payload: Mapping[str, Any] | None) -> list[tuple[str, Text | str]]:
    """(code, message) of what a mutation's payload refuses."""
    if payload is None:
        return [("NO_ANSWER", lazy("The shop did not say what became of it."))]
    return [(error["code"] or "", _sentence(error)) for error in payload.get("errors") or ()]


def _sentence(error: Mapping[str, Any]) -> Text | str:
    """Saleor's message alone is often "This field is required."."""
    message: str = error["message"]
    return f"{error['field']}: {message}" if error["field"] else message or lazy("The shop refused it.")


def nodes(connection: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


def permissions(app: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(permission["code"] for permission in app["permissions"] or ())


def _nobody() -> ShopError:
    return ShopError(
        lazy("The shop does not know this token, or the app is switched off there."), retry=False, code=TOKEN_DEAD
    )
