"""Every text of the pages is there in every language, with the same placeholders, and compiled as it stands."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from app.admin.looks import LANGUAGES

APP = Path(__file__).parents[2] / "app"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}
OTHERS = LANGUAGES[1:]


def catalog(language: str) -> Catalog:
    with (APP / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def texts() -> set[str]:
    """What stands in the code and the templates, in English."""
    found = extract_from_dir(APP, METHODS, keywords=KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_and_nothing_left_over(language: str, texts: set[str]) -> None:
    known = {_id(message) for message in catalog(language) if message.id and _is_told(message)}
    assert texts - known == set()
    assert known - texts == set()


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(text: object) -> list[str]:
    """One, or one for each number."""
    return [text] if isinstance(text, str) else [str(each) for each in text] if isinstance(text, list | tuple) else []


def _is_told(message: Message) -> bool:
    said = _forms(message.string)
    return bool(said) and all(said) and not message.fuzzy


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_the_placeholders(language: str) -> None:
    for message in catalog(language):
        ids, said = _forms(message.id), _forms(message.string)
        if message.id:
            assert {p for text in said for p in _placeholders(text)} <= {p for text in ids for p in _placeholders(text)}
            assert _placeholders(said[-1]) == _placeholders(ids[-1]), ids


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    """`make messages` compiles; the compiled file is what the pages read."""
    with (APP / "translations" / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled = {_id(message): _forms(message.string) for message in read_mo(file) if message.id}
    assert compiled == {_id(message): _forms(message.string) for message in catalog(language) if message.id}
