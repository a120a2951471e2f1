"""The supply commands, as somebody types them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from app import models
from app.cli import dueback
from app.runtime import Runtime
from tests.app.supply_shop import Stocks, installed, receipts, row

Command = Callable[..., str]
SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    return installed(engine)


@pytest.fixture
def stocks(monkeypatch: pytest.MonkeyPatch) -> Stocks:
    held = Stocks()
    monkeypatch.setattr(Runtime, "platform", lambda _self, _shop: held.platform)
    return held


@pytest.fixture
def command(shop: models.Shop, database_url: str) -> Command:
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 40, "APP_URL": "https://dueback.example"}

    def run(*words: str) -> str:
        return CliRunner().invoke(dueback, [*words[:2], "--shop", shop.api_url, *words[2:]], env=environ).output

    return run


def add(command: Command, quantity: str = "10", eta: str = SOON, sku: str = "S1", *more: str) -> str:
    where = ("--sku", sku, "--warehouse", "berlin")
    return command("supply", "add", *where, "--quantity", quantity, "--eta", eta, *more)


def number(said: str) -> str:
    return said.split()[1].rstrip(":")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("-5",), "quantity: "),
        (("0",), "quantity: "),
        (("1000001",), "quantity: "),
        (("9" * 40,), "quantity: "),
        (("10", "2020-01-01"), "eta: 1 January 2020 is not between today"),
        (("10", "9999-12-31"), "eta: 31 December 9999 is not between today"),
        (("10", "tomorrow"), "eta: should be a date like 2026-12-24; given was 'tomorrow'"),
        (("10", SOON, "NONE"), "sku: No variant has the SKU NONE"),
        (("10", SOON, "S1", "--held", "11"), "held: 11 cannot be held back of 10 units"),
        (("10", SOON, "S1", "--eta-latest", "2020-01-01"), "eta_latest: "),
        (("10", SOON, "S1", "--ordered-on", "2099-01-01"), "ordered_on: "),
        (("10", SOON, "S1", "--confidence", "101"), "confidence: "),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_field_and_nothing_is_kept(
    command: Command, given: tuple[str, ...], told: str
) -> None:
    assert told in add(command, *given)
    assert json.loads(command("supply", "list", "--json")) == []


def test_a_line_is_kept_with_all_it_says(command: Command) -> None:
    words = ("--reference", "PO-1", "--supplier", "Acme", "--held", "2", "--ordered-on", "2026-01-01")
    kept = number(add(command, "10", SOON, "S1", *words))
    [line] = json.loads(command("supply", "list", "--json"))
    assert line["id"] == int(kept)
    said = ("sku", "warehouse", "supplier", "reference", "held", "ordered_on", "eta", "status")
    assert [line[name] for name in said] == ["S1", "berlin", "Acme", "PO-1", 2, "2026-01-01", SOON, "expected"]


def test_the_end_of_a_range_is_told(command: Command) -> None:
    later = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    told = add(command, "10", SOON, "S1", "--eta-latest", later, "--supplier", "Acme")
    assert f"10 of S1 for berlin by {SOON} to {later}." in told
    command("supply", "change", number(told), "--supplier", "Mill")
    assert "supplier Acme -> Mill" in command("supply", "history", number(told))


def test_every_change_says_who_when_and_why(command: Command) -> None:
    kept = number(add(command))
    command("supply", "change", kept, "--quantity", "12", "--why", "they found two more")
    command("supply", "receive", kept, "--quantity", "5")
    told = command("supply", "history", kept)
    assert "changed by dueback command: quantity 10 -> 12 they found two more" in told
    assert f"added by dueback command: eta {SOON}, quantity 10, warehouse berlin\n" in told
    assert "received by dueback command: received 0 -> 5" in told


def test_receiving_with_raise_stock_says_what_was_done(command: Command, stocks: Stocks, engine: Engine) -> None:
    stocks.units["B"] = 0
    kept = number(add(command))
    told = command("supply", "receive", kept, "--raise-stock")
    assert "10 received, 10 of 10 by now. The stock of S1 in Berlin was raised from 0 to 10." in told
    assert (stocks.units["B"], row(engine, int(kept)).state) == (10, "received")


def test_receiving_without_it_touches_nothing(command: Command, stocks: Stocks, engine: Engine) -> None:
    kept = number(add(command))
    assert "The shop's stock was not touched." in command("supply", "receive", kept, "--quantity", "4")
    assert (stocks.writes, row(engine, int(kept)).received) == ([], 4)


def test_a_receipt_is_undone_by_its_number(command: Command, engine: Engine) -> None:
    kept = number(add(command))
    command("supply", "receive", kept, "--quantity", "4")
    [receipt] = receipts(engine)
    assert "10 units to come" in command("supply", "undo", str(receipt.id))
    assert "undone already" in command("supply", "undo", str(receipt.id))


@pytest.mark.parametrize("words", [("receive", "99"), ("cancel", "99"), ("history", "99999999999999999999")])
def test_a_number_nobody_gave_is_told(command: Command, words: tuple[str, str]) -> None:
    assert f"There is no supply {words[1]}" in command("supply", *words)


def test_more_than_was_to_come_is_refused(command: Command) -> None:
    kept = number(add(command))
    refused = command("supply", "receive", kept, "--quantity", "11")
    assert "not between 1 and the 10 units" in refused
    assert f"first say so: `dueback supply change {kept} --quantity UNITS`" in refused
    assert "not between 1 and the 10 units" in command("supply", "receive", kept, "--quantity", "-1")


def test_a_change_can_be_previewed(command: Command) -> None:
    supply = number(add(command))
    later = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    said = "0 orders would move, 0 later, 0 earlier. Nothing was changed.\n"
    assert command("supply", "change", supply, "--eta", later, "--preview") == said
    assert command("supply", "cancel", supply, "--preview") == said
    assert f"by {SOON}" in command("supply", "list")


@pytest.mark.parametrize("kind", ["supplies", "rules"])
def test_what_is_exported_goes_into_a_file_that_can_be_written_or_is_refused(
    command: Command, tmp_path: Path, kind: str
) -> None:
    add(command)
    for name in ("out.csv", "out.XLSX"):
        assert command("export", kind, str(tmp_path / name)) == ""
        assert (tmp_path / name).stat().st_size
    for name in ("nowhere/out.csv", "nowhere/out.xlsx"):
        assert f"{tmp_path / name} cannot be written" in command("export", kind, str(tmp_path / name))
    for name in ("out.pdf", "out"):
        assert "only .csv and .xlsx files can be written" in command("export", kind, str(tmp_path / name))


@pytest.mark.parametrize(
    ("kind", "says"),
    [("suppliers", "No supplier is known yet."), ("promises", "Nothing that had a date has been shipped yet.")],
)
def test_a_report_on_nothing_says_so(command: Command, kind: str, says: str) -> None:
    assert command("report", kind) == f"{says}\n"
