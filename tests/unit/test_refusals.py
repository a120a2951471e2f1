"""Whatever is refused or found wrong can be said in every language, from whichever thread, and again later."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from babel.support import Translations
from flask import Flask
from flask_babel import lazy_gettext as lazy
from pydantic import BaseModel, ValidationError

from app import faults, rulebook, wording
from app.admin import language
from app.admin.fields import plainly
from app.refusal import BadValue, Refusal
from app.rulebook.fields import RuleFields
from app.shop_settings import Settings
from app.supply import BadSupply
from app.supply.fields import SupplyFields, fields_of
from app.turns import Setting
from app.wording import Said

APP = Path(__file__).parents[2] / "app"
GERMAN = Translations.load(APP / "translations", ["de"])
SOURCES = {path: ast.parse(path.read_text()) for path in sorted(APP.rglob("*.py"))}
# It stops the program before anybody has a language.
NOT_FOR_THE_DESK = {APP / "config.py"}
SAID = {"lazy", "ngettext"}


def _name(node: ast.AST) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _kinds() -> set[str]:
    """The names of all classes of refusals."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"Refusal"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found


CALLS = [
    (path, node)
    for path, tree in SOURCES.items()
    for node in ast.walk(tree)
    if path not in NOT_FOR_THE_DESK and isinstance(node, ast.Call)
]


def _calls(*names: str) -> list[tuple[Path, ast.Call]]:
    return [(path, call) for path, call in CALLS if _name(call.func) in names]


def _texts(node: ast.AST) -> Iterator[str]:
    """What stands to be translated within it."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and _name(call.func) in SAID:
            yield from (str(arg.value) for arg in call.args[:1] if isinstance(arg, ast.Constant))


def _named_texts(path: Path, node: ast.AST) -> list[str]:
    """The same, with what is found under the names that it mentions."""
    mentioned = {_name(part) for part in ast.walk(node)}
    named = [
        each for each in SOURCES[path].body if isinstance(each, ast.Assign) and _name(each.targets[0]) in mentioned
    ]
    return [*_texts(node), *(text for each in named for text in _texts(each))]


def _in_german(text: str) -> bool:
    return text in GERMAN._catalog or (text, 0) in GERMAN._catalog


def test_no_refusal_is_a_plain_string() -> None:
    """Only signs between places need no translation. A name stands for a text that is translated where it is made."""
    plain = [
        f"{path.relative_to(APP)}:{call.lineno}"
        for path, call in _calls(*_kinds(), "Said", "told", "say")
        if call.args and _is_plain(call.args[0])
    ]
    assert plain == []


def _is_plain(text: ast.expr) -> bool:
    if isinstance(text, ast.Constant):
        return any(sign.isalpha() for sign in re.sub(r"\{\w+\}", "", str(text.value)))
    return isinstance(text, ast.JoinedStr | ast.BinOp)


@pytest.mark.parametrize("kind", sorted(_kinds()))
def test_all_that_a_kind_of_refusal_says_is_there_in_german(kind: str) -> None:
    said = [text for path, call in _calls(kind) for text in _named_texts(path, call)]
    assert [text for text in said if not _in_german(text)] == []


FINDINGS = {ast.unparse(call.args[0]): (path, call) for path, call in _calls("Finding") if path.parent.name == "doctor"}


@pytest.mark.parametrize("key", FINDINGS)
def test_every_finding_says_in_german_what_is_wrong_and_how_to_mend_it(key: str) -> None:
    path, call = FINDINGS[key]
    function = next(node for node in ast.walk(SOURCES[path]) if call in ast.walk(node) and _is_function(node))
    said = _named_texts(path, function)
    assert said
    assert [text for text in said if not _in_german(text)] == []
    assert not any(isinstance(part, ast.JoinedStr) for argument in call.args[2:] for part in ast.walk(argument))


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef)


@pytest.fixture
def desk() -> Flask:
    """What pages are rendered in."""
    app = Flask("app.admin")
    language.register(app)
    return app


REFUSED = BadValue(
    lazy("quantity: {given} is not between 1 and the {units} that supply {supply} has to come."),
    given=2500, units=1200, supply="1500",
)  # fmt: skip


def test_the_same_refusal_is_said_in_the_language_of_who_asks(desk: Flask) -> None:
    english = "quantity: 2,500 is not between 1 and the 1,200 units that supply 1500 has to come."
    german = "quantity: 2.500 liegt nicht zwischen 1 und dem, was von Nachschub 1500 aussteht (1.200 Stück)."
    assert str(REFUSED) == english
    with desk.test_request_context():
        assert (wording.said_in("de", REFUSED), str(REFUSED)) == (german, english)


def test_what_another_thread_refuses_is_said_where_it_is_told(desk: Flask) -> None:
    found: list[Refusal] = []
    with desk.test_request_context():
        thread = Thread(target=lambda: found.append(BadValue(lazy("The file is empty."))))
        thread.start()
        thread.join()
        assert wording.said_in("de", found[0]) == "Die Datei ist leer."


def test_what_was_kept_is_said_in_another_language_later(desk: Flask) -> None:
    inner = Said(lazy("order {order}, {sku}"), order="12", sku="S1")
    said = Said(
        lazy("{giver} and {taker}: units are handed over within one variant only."), giver=inner, taker=lazy("none")
    )
    on = Said(lazy("on: {day} is not between five years ago and today ({today})."), day=date(2020, 1, 2), today="now")
    with desk.test_request_context():
        kept = json.loads(wording.said_in("de", json.dumps([said.kept(), on.kept(), Said("as it is").kept(), "old"])))
        assert wording.said_in("de", wording.meant(kept[0])).startswith("Bestellung 12, S1 und keine: Abgetreten")
        assert wording.said_in("de", wording.meant(kept[1])).startswith("on: Der 2. Januar 2020 liegt")
        assert [wording.retold(each) for each in kept] == [str(said), str(on), "as it is", "old"]


def test_what_somebody_else_says_keeps_its_braces() -> None:
    assert str(Refusal("no {place} here")) == "no {place} here"
    assert str(Said(lazy("The shop refused the correction: {reason}."), reason="{x} %s")).endswith("{x} %s.")


def test_lists_moments_and_counts_are_said_as_the_language_does(desk: Flask) -> None:
    at = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    said = Said("{names}; {units}; {at}", names=["a", "b", "c"], units=1, at=at)
    assert str(said) == "a, b, and c; 1 unit; 23 November 2026, 10:05 UTC"
    with desk.test_request_context():
        assert wording.said_in("de", said) == "a, b und c; 1 Stück; 23. November 2026, 10:05 UTC"
        assert wording.said_in("de", _Counted()) == "1.000 Tage"


class _Counted:
    def __str__(self) -> str:
        return wording.days(1000)


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ("eta: It is past.", "Due: It is past."),
        ("version: It has changed.", "It has changed."),
        ("line 3: It is empty.", "line 3: It is empty."),
        ("It is late: look again.", "It is late: look again."),
    ],
)
def test_a_field_is_called_as_its_form_calls_it(wrong: str, shown: str) -> None:
    assert plainly(wrong) == shown


# One of each that is wrong in some way for any field.
NASTY: tuple[Any, ...] = (
    None, True, "", "x" * 300, "a\x00b", "many", "1.000", "-1", -1, 10**30, 1.5, [], {}, "2026-02-30",
    "2026-12-24T10:00", date(1900, 1, 1), date(2200, 1, 1), datetime(2026, 1, 1, 10, tzinfo=UTC), "Mars/Olympus", 60,
)  # fmt: skip


@pytest.mark.parametrize("model", [RuleFields, SupplyFields, Settings, Setting])
def test_whatever_a_value_does_wrong_has_words(model: type[BaseModel]) -> None:
    """For what pydantic itself says, ours; what our own checks say is a refusal."""
    for field in model.model_fields:
        for value in NASTY:
            try:
                model.model_validate({field: value})
            except ValidationError as wrong:
                for error in wrong.errors():
                    own = isinstance(error.get("ctx", {}).get("error"), Refusal)
                    assert own or error["type"] in faults.FAULTS, error
                    assert "{" not in str(faults.said(error))


def test_a_field_that_takes_a_number_or_a_word_tells_both(desk: Flask) -> None:
    with pytest.raises(rulebook.BadRule) as wrong:
        rulebook.checked({"cap": -1})
    assert str(wrong.value) == "cap: should be 0 or more or should be 'incoming' or 'none'; given was -1."
    with desk.test_request_context():
        said = wording.said_in("de", wrong.value)
    assert said == "cap: muss mindestens 0 sein oder muss 'incoming' oder 'none' sein; angegeben war -1."


def test_a_german_refusal_begins_with_the_same_field() -> None:
    """By it forms know where to show what is wrong."""
    fields = [text for path, call in _calls(*_kinds()) for text in _named_texts(path, call) if _field(text)]
    assert len(fields) > 50
    assert [text for text in fields if _field(GERMAN.ugettext(text)) != _field(text)] == []


def _field(text: str) -> str:
    name, colon, _ = text.partition(": ")
    return name if colon and name.strip("{}").isidentifier() and name.islower() else ""


def test_supply_that_lacks_a_field_says_so(desk: Flask) -> None:
    with pytest.raises(BadSupply) as wrong:
        fields_of({"sku": "cup", "warehouse": "berlin", "quantity": 1})
    with desk.test_request_context():
        assert wording.said_in("de", wrong.value) == "eta: Das fehlt."
