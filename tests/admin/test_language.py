"""What the core refuses, finds and reports is said at the desk in the desk's language."""

import html

import pytest
from sqlalchemy import Engine, select, update

from app import book
from app.models import Notice, Shop, Upload
from app.platforms import Failure
from app.runtime import Runtime
from tests.admin import rule_desk
from tests.admin.desk import Desk
from tests.admin.supply_desk import expect
from tests.admin.test_imports import HEADER, send, work
from tests.app.rule_shop import NOW, variant

LANGUAGES = ("en", "de")


@pytest.fixture(params=LANGUAGES)
def said(request: pytest.FixtureRequest, desk: Desk) -> int:
    """Somebody is signed in whose dashboard has the first language, or the second: which of two texts is said."""
    desk.sign_in()
    _speak(desk, request.param)
    return LANGUAGES.index(request.param)


def _speak(desk: Desk, language: str) -> None:
    desk.looks(locale=language)


def _text(page: str) -> str:
    return html.unescape(page)


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        (
            {"cap": "=", "cap.typed": "1.000"},
            ("Cap: should be a whole number, without points", "Obergrenze: muss eine ganze Zahl ohne Punkt und Komma"),
        ),
        (
            {"cap": "=", "cap.typed": "9000000"},
            ("Cap: should be 1,000,000 or less", "Obergrenze: darf höchstens 1.000.000 sein oder muss 'incoming'"),
        ),
        (
            {"starts_on.typed": "2026-12-24", "ends_on.typed": "2026-12-01", "mode": "off"},
            ("1 December 2026 is before the rule starts", "Der 1. Dezember 2026 liegt vor dem Beginn der Regel"),
        ),
        ({}, ("A rule has to decide something", "Eine Regel muss etwas entscheiden")),
    ],
)
def test_a_rule_that_cannot_be_meant(desk: Desk, said: int, fields: dict[str, str], texts: tuple[str, str]) -> None:
    answer = desk.post("/rules/save", desk.get("/rules/at?scope=shop").text, **fields)
    assert answer.status_code == 422
    assert texts[said] in _text(answer.text)
    assert texts[1 - said] not in _text(answer.text)


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        ({"sku": "nobody"}, ("SKU: No variant has the SKU nobody", "SKU: Keine Variante hat die SKU nobody")),
        ({"quantity": "-5"}, (">Units ordered: should be 1 or more", ">Bestellte Stück: muss mindestens 1 sein")),
        (
            {"held": "2000"},
            ("2,000 cannot be held back", "Von 7 Stück lassen sich nicht 2.000 zurückhalten"),
        ),
        (
            {"eta": "2020-01-01"},
            ("1 January 2020 is not between", "Der 1. Januar 2020 liegt nicht zwischen"),
        ),
        ({"warehouse": "rome"}, ("The shop has no warehouse rome", "Der Shop hat kein Lager rome")),
    ],
)
def test_supply_that_cannot_be_meant(desk: Desk, said: int, fields: dict[str, str], texts: tuple[str, str]) -> None:
    right = {"sku": "cup", "warehouse": "berlin", "quantity": "7", "eta": "2099-12-24"}
    answer = desk.post("/supply/new", desk.get("/supply/new").text, **right | {"eta": "2027-01-24"} | fields)
    assert answer.status_code == 422
    assert texts[said] in _text(answer.text)
    assert texts[1 - said] not in _text(answer.text)


def test_a_file_with_bad_rows_is_told_to_each_reader_in_their_language(
    desk: Desk, engine: Engine, runtime: Runtime
) -> None:
    desk.sign_in()
    send(desk, f"{HEADER}\nPO-1,nobody,berlin,5,2027-01-24\nPO-2,cup,berlin,1.000,2027-01-24\n,cup,berlin,5,\n")
    number = work(runtime, engine)
    told = {
        "en": (
            "sku: 0 variants have the SKU nobody.",
            "quantity: '1.000' is no whole",
            "eta: This cell is empty",
        ),
        "de": (
            "sku: 0 Varianten haben die SKU nobody.",
            "quantity: '1.000' ist keine",
            "eta: Diese Zelle ist",
        ),
    }
    for language, texts in told.items():
        _speak(desk, language)
        page = _text(desk.get(f"/imports/supplies/{number}").text)
        file = desk.get(f"/imports/supplies/{number}.csv").text
        assert [text for text in texts if text not in page] == []
        assert [text for text in texts if text not in file] == []


def test_what_a_file_does_and_what_is_wrong_with_a_whole_one_too(desk: Desk, engine: Engine, runtime: Runtime) -> None:
    desk.sign_in()
    _speak(desk, "de")
    send(desk, f"{HEADER}\nPO-1,cup,berlin,1500,2027-01-24\n")
    number = work(runtime, engine)
    assert "neu: 1.500 von cup PO-1 bis 24. Januar 2027" in desk.get(f"/imports/supplies/{number}").text
    with engine.begin() as connection:
        connection.execute(update(Upload).values(state="checking", content=b"sku,colour\n"))
    work(runtime, engine)
    assert "Zeile 1: Eine Spalte 'colour' gibt es nicht." in _text(desk.get(f"/imports/supplies/{number}").text)
    _speak(desk, "en")
    assert "line 1: There is no column 'colour'." in _text(desk.get(f"/imports/supplies/{number}").text)


def test_what_the_shop_must_agree_to(desk: Desk, said: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rule_desk.live(monkeypatch, pools=False, in_order=False)
    answer = desk.post("/rules/save", desk.get("/rules/at?scope=shop").text, mode="backorder")
    text = ("are taken from the warehouse with the most stock", "aus dem Lager mit dem größten Bestand genommen")
    assert text[said] in _text(answer.text)
    assert text[1 - said] not in _text(answer.text)


def test_what_the_doctor_finds(desk: Desk, said: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = rule_desk.live(monkeypatch)
    shop.silent = True
    page = _text(desk.get("/setup/checks").text)
    texts = ("Nothing of the shop can be read or written", "Vom Shop lässt sich nichts lesen und nichts schreiben")
    assert texts[said] in page
    assert texts[1 - said] not in page


def test_what_was_done_is_told_to_each_reader_in_their_language(
    desk: Desk, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_desk.live(monkeypatch, pools=False)
    desk.sign_in()
    _speak(desk, "de")
    answer = desk.post("/rules/save", desk.get("/rules/at?scope=channel:web").text, mode="backorder")
    assert answer.status_code == 303
    assert "verkauft jetzt daraus." in desk.get("/activity").text
    _speak(desk, "en")
    assert "sell from it." in desk.get("/activity").text


def test_why_a_supply_changed_by_itself_is_told_to_each_reader_in_their_language(
    desk: Desk, engine: Engine, shop: Shop
) -> None:
    number = expect(engine, shop, quantity=2000)
    with engine.begin() as connection:
        book.record_variants(connection, shop.id, ["cup"], [variant("cup", berlin=2005)], NOW)
    desk.sign_in()
    _speak(desk, "de")
    german = "der Bestand dort stieg im Shop um genau das, was noch ausstand: 2.000 Stück"
    assert german in desk.get(f"/supply/{number}").text
    _speak(desk, "en")
    assert "rose by just the 2,000 units that were still to come" in _text(desk.get(f"/supply/{number}").text)


def test_what_staff_are_told_in_the_shop_is_english_whoever_acted(
    desk: Desk, engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = rule_desk.live(monkeypatch)
    cup = variant("cup", berlin=5)
    monkeypatch.setattr(live, "variants", lambda _ids: [cup], raising=False)
    monkeypatch.setattr(live, "write", lambda changes: [Failure(each, "No permission", "") for each in changes])
    number = expect(engine, shop, quantity=1500)
    desk.sign_in()
    _speak(desk, "de")
    answer = desk.post(f"/supply/{number}/receive", desk.get(f"/supply/{number}").text, stock="raise")
    page = _text(desk.web.get(answer.headers["Location"], headers=desk.headers).text)
    assert f"sollte für Nachschub {number} um 1.500 Stück steigen. Der Shop hat die Berichtigung abgelehnt" in page
    with engine.connect() as connection:
        [told] = connection.execute(select(Notice.payload)).scalars()
    assert f"was to rise by 1,500 units for supply {number}. The shop refused the correction" in told["message"]


def test_a_form_that_has_grown_old_is_said_in_the_dashboards_language(desk: Desk, said: int) -> None:
    answer = desk.web.post(f"/admin/{desk.shop_id}/rules/save", data={"csrf_token": "old"}, headers=desk.headers)
    texts = ("This form has grown old.", "Dieses Formular ist veraltet.")
    assert texts[said] in _text(answer.text)


@pytest.mark.parametrize(("locale", "text"), [("en", "is no token"), ("de-AT", "ist kein Token")])
def test_a_token_that_proves_nothing_is_refused_in_the_dashboards_language(desk: Desk, locale: str, text: str) -> None:
    asked = {"token": "x", "parent": "https://dashboard.example", "locale": locale}
    assert text in desk.web.post("/admin/session", json=asked).get_json()["message"]
