"""The import command, as somebody types it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from app.cli import dueback
from app.models import Shop, Supply
from tests.app.importing import HEADER, count
from tests.app.rule_shop import installed, variant

Import = Callable[..., Result]
SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
WRONG = f"{HEADER}\n,cup,berlin,5,{SOON}\nPO-2,spoon,berlin,0,{SOON}\nPO-3,cup,berlin,1,{SOON},more\n"


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return installed(engine, variant("cup"))


@pytest.fixture
def import_file(shop: Shop, database_url: str, tmp_path: Path) -> Import:
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 40, "APP_URL": "https://dueback.example"}

    def run(text: str, *options: str) -> Result:
        path = tmp_path / "po.csv"
        path.write_text(text, encoding="utf-8")
        return CliRunner().invoke(
            dueback, ["import", "supplies", "--shop", shop.api_url, str(path), *options], env=environ
        )

    return run


def test_a_dry_run_tells_every_error_and_what_the_good_rows_would_do(import_file: Import) -> None:
    answer = import_file(WRONG, "--dry-run")
    effect, *errors, note, total = answer.output.strip().splitlines()
    assert effect.startswith("line 2: added: 5 of cup")
    beginnings = ("line 3: quantity:", "line 3: sku:", "line 4: column F:")
    assert [line for line, start in zip(errors, beginnings, strict=True) if not line.startswith(start)] == []
    assert note.startswith("note: Without a reference: 1 line.")
    assert total == (
        "This would be: 1 added, 0 changed, 0 cancelled, 0 unchanged. "
        "But 2 lines are wrong, with 3 errors. Nothing was kept."
    )
    assert answer.exit_code == 1


def test_a_file_with_errors_that_is_no_trial_tells_of_no_row_that_it_was_added(
    import_file: Import, engine: Engine
) -> None:
    answer = import_file(WRONG)
    assert "added" not in answer.output.partition("note:")[0]
    assert answer.output.endswith("\n2 lines are wrong, with 3 errors. Nothing was kept.\n")
    assert (answer.exit_code, count(engine, Supply)) == (1, 0)


def test_programs_are_told_the_same(import_file: Import) -> None:
    told = json.loads(import_file(WRONG, "--dry-run", "--json").output)
    assert [error["line"] for error in told["errors"]] == [3, 3, 4]
    assert (told["wrong"], told["wrong_lines"], told["counts"], len(told["notes"])) == (3, 2, {"added": 1}, 1)
