"""Every cause can be said and is documented."""

import json
import re
from datetime import date, time
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from app import reasons, wording
from app.admin import language
from app.engine.cause import LET_DATES_MOVE_LATER, Cause
from app.engine.changes import Reason
from app.engine.rules import Scope
from app.sentences import SCOPES

TODAY = date(2026, 11, 23)
DOCUMENTED = re.findall(
    r"^\| `(\w+)` \| .+? \| (yes)? ?\|$",
    (Path(__file__).parents[2] / "docs" / "promises.md").read_text(),
    re.MULTILINE,
)


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_sentence(cause: Cause) -> None:
    reason = Reason(cause, "7", "PO-7", "B", "12", 3, was=date(2026, 12, 1), now=date(2027, 1, 9))
    said = reasons.sentence(reason, {"B": "Berlin"}, TODAY)
    assert said[0].isupper()
    assert said.endswith(".")
    assert not {"None", "{", "}"} & set(said.split())


def test_the_guide_lists_every_cause_and_says_which_may_give_a_later_day() -> None:
    assert [cause for cause, _ in DOCUMENTED] == [cause.value for cause in Cause]
    assert {cause for cause, later in DOCUMENTED if later} == {cause.value for cause in LET_DATES_MOVE_LATER}


def test_a_day_of_another_year_is_said_with_its_year() -> None:
    assert wording.day(date(2026, 12, 1), TODAY) == "1 December"
    assert wording.day(date(2027, 1, 9), TODAY) == "9 January 2027"


def test_one_unit_is_one_unit() -> None:
    assert (wording.units(1), wording.units(0)) == ("1 unit", "0 units")


def test_a_supply_without_a_reference_is_told_by_our_number() -> None:
    reason = Reason(Cause.SUPPLY_CANCELLED, supply="7")
    assert reasons.sentence(reason, {}, TODAY) == "Supply 7 was cancelled."


def test_every_scope_of_a_rule_can_be_said() -> None:
    assert {scope.value for scope in Scope} == set(SCOPES)
    assert wording.origin("category", "Shirts", one_channel=True) == (
        "the rule for the category Shirts, in this channel only"
    )


@pytest.mark.parametrize("cause", Cause)
def test_a_reason_that_was_kept_is_told_as_it_was(cause: Cause) -> None:
    reason = Reason(cause, "7", "PO-7", "B", "12", 3, was=date(2026, 12, 1), now=date(2027, 1, 9))
    kept = json.loads(json.dumps(reasons.kept(reason, {"B": "Berlin"})))
    assert reasons.retold(kept, "", TODAY) == reasons.sentence(reason, {"B": "Berlin"}, TODAY)


def test_a_move_of_older_days_keeps_its_sentence() -> None:
    assert reasons.retold({}, "It came.", TODAY) == "It came."


@pytest.mark.parametrize(("was", "now"), [(False, True), (0, 3), (None, time(9, 30)), ("incoming", 12)])
def test_values_of_a_rule_survive_being_kept(was: object, now: object) -> None:
    reason = Reason(Cause.RULE_CHANGED, what="may_split", was=was, now=now)
    kept = json.loads(json.dumps(reasons.kept(reason, {})))
    assert reasons.retold(kept, "", TODAY) == reasons.sentence(reason, {}, TODAY)


def test_numbers_in_texts_are_written_as_the_language_does() -> None:
    app = Flask("app.admin")
    language.register(app)
    page = '{{ ngettext("%(num)s line", "%(num)s lines", 1000) }}, {{ _("%(count)s receipts", count=2000) }}'
    with app.test_request_context():
        assert render_template_string(page) == "1,000 lines, 2,000 receipts"
        with force_locale("de"):
            assert render_template_string(page).startswith("1.000 Positionen, ")
            assert wording.gettext("All %(count)s variants", count=1500) == "Alle 1.500 Varianten"
