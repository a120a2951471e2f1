"""Whatever is asked within the document is answered as the document says, and never with a failure of ours."""

from typing import Any

import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from app import create_app
from app.models import Shop
from app.runtime import Runtime
from tests.api.conftest import Api

EXAMPLES = 12
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]


def test_the_document_holds_for_whatever_is_asked(runtime: Runtime, api: Api) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", create_app(runtime))
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {api.key}"}, checks=CHECKS)

        ask()


def test_without_a_key_every_way_is_closed(web: FlaskClient, shop: Shop) -> None:
    document = web.get("/api/openapi.json").json or {}
    assert len(document["paths"]) > 20
    for path, ways in document["paths"].items():
        for method in ways:
            assert web.open(path.replace("{id}", "1"), method=method.upper()).status_code == 401
