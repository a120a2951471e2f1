"""What people and programs meet on the web side, besides webhooks and registration."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, text, update
from sqlalchemy.engine import make_url

from app import create_app, marks
from app.db import open_engine
from app.models import Mark, Shop
from app.runtime import Runtime


@pytest.fixture
def without_database(runtime: Runtime) -> FlaskClient:
    """The app while its database is out of reach."""
    nowhere = open_engine("postgresql://postgres@127.0.0.1:9/nowhere")
    return create_app(replace(runtime, engine=nowhere)).test_client()


def gauge(web: FlaskClient, name: str) -> float:
    [line] = [line for line in web.get("/metrics").text.splitlines() if line.startswith(f"{name} ")]
    return float(line.rpartition(" ")[2])


@pytest.mark.parametrize("path", ["/", "/privacy", "/support"])
def test_pages_answer_and_lead_on(web: FlaskClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert 'href="/support"' in answer.text


def test_the_start_says_which_manifest_to_install_from(web: FlaskClient) -> None:
    assert "https://dueback.example/api/manifest" in web.get("/").text


def test_the_process_is_up_whatever_the_database_does(web: FlaskClient, without_database: FlaskClient) -> None:
    assert web.get("/healthz").status_code == 200
    assert without_database.get("/healthz").status_code == 200


def test_ready_means_the_database_answers_and_is_migrated(web: FlaskClient, without_database: FlaskClient) -> None:
    assert web.get("/readyz").status_code == 200
    answer = without_database.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_a_database_of_another_version_is_not_ready(web: FlaskClient, engine: Engine) -> None:
    with engine.begin() as connection:
        kept = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        answer = web.get("/readyz")
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :kept"), {"kept": kept})
    assert answer.status_code == 503
    assert "dueback migrate" in answer.text


def test_metrics_tell_how_much_waits_and_for_how_long(web: FlaskClient, engine: Engine) -> None:
    assert gauge(web, "dueback_marks") == gauge(web, "dueback_oldest_mark_seconds") == 0
    with engine.begin() as connection:
        connection.execute(insert(Shop).values(api_url="https://shop.example/graphql/", app_id="App", token=""))
        marks.mark(connection, 1, [("variant", "a"), ("variant", "b")])
        connection.execute(update(Mark).where(Mark.target == "a").values(marked_at=text("now() - interval '1 minute'")))
    assert gauge(web, "dueback_marks") == 2
    assert 60 <= gauge(web, "dueback_oldest_mark_seconds") < 120
    with engine.begin() as connection:
        connection.execute(update(Mark).where(Mark.target == "a").values(not_before=text("now() + interval '1 hour'")))
    assert gauge(web, "dueback_oldest_mark_seconds") < 60


def test_a_shop_at_rest_does_not_look_like_a_backlog(web: FlaskClient, engine: Engine) -> None:
    with engine.begin() as connection:
        shop = {"api_url": "https://shop.example/graphql/", "app_id": "App", "token": "", "state": "left"}
        connection.execute(insert(Shop).values(shop))
        marks.mark(connection, 1, [("variant", "a")])
    assert gauge(web, "dueback_marks") == 0


def test_counters_can_be_read_without_a_database(without_database: FlaskClient) -> None:
    answer = without_database.get("/metrics")
    assert answer.status_code == 200
    assert "python_info" in answer.text
    assert "dueback_marks " not in answer.text


def test_an_error_under_api_is_json_with_a_sentence(web: FlaskClient) -> None:
    answer = web.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.json
    assert answer.json["error"]["message"].endswith(".")


def test_an_error_elsewhere_is_a_page_with_a_way_on(web: FlaskClient) -> None:
    answer = web.get("/nothing")
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_a_wrong_method_says_which_are_right(web: FlaskClient) -> None:
    answer = web.delete("/api/register")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.content_type == "application/json"


def test_a_double_slash_is_sent_on_to_what_is_meant(web: FlaskClient) -> None:
    answer = web.get("/api//manifest")
    assert answer.status_code == 308
    assert answer.location.endswith("/api/manifest")


def test_what_goes_wrong_unexpectedly_tells_nothing_of_the_inside(without_database: FlaskClient) -> None:
    @without_database.application.get("/broken")
    def broken() -> str:
        raise RuntimeError("the secret inside")

    answer = without_database.get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_every_answer_has_the_headers_that_keep_browsers_careful(web: FlaskClient) -> None:
    for path in ("/", "/healthz", "/api/manifest", "/nothing"):
        headers = web.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_the_database_of_these_tests_is_none_of_the_machines_own(engine: Engine) -> None:
    assert str(make_url(engine.url).database).startswith("dueback_test_")
