"""Logs: one JSON object a line, and libraries that talk too much are quiet."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import logs


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str], _logging_as_before: None) -> "Lines":
    return Lines(capsys)


class Lines:
    """What was logged, read back."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def read(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._capsys.readouterr().err.splitlines()]


def test_a_line_is_one_json_object_with_level_and_time(lines: Lines) -> None:
    logs.set_up("info")
    structlog.get_logger().info("shop registered", shop=1)
    [line] = lines.read()
    assert (line["event"], line["level"], line["shop"]) == ("shop registered", "info", 1)
    assert str(line["timestamp"]).endswith("Z")


def test_libraries_log_in_the_same_form(lines: Lines) -> None:
    logs.set_up("info")
    logging.getLogger("somebody.else").warning("it %s", "rains")
    [line] = lines.read()
    assert (line["event"], line["level"]) == ("it rains", "warning")


def test_an_exception_stays_on_its_line(lines: Lines) -> None:
    logs.set_up("info")
    try:
        int("not so")
    except ValueError:
        structlog.get_logger().exception("broken")
    [line] = lines.read()
    assert "ValueError: invalid literal" in str(line["exception"])


def test_what_is_below_the_level_is_left_out(lines: Lines) -> None:
    logs.set_up("warning")
    structlog.get_logger().info("unheard")
    assert lines.read() == []


@pytest.mark.parametrize("library", ["procrastinate", "gql", "httpx", "urllib3"])
def test_libraries_that_would_log_what_they_send_are_kept_quiet(lines: Lines, library: str) -> None:
    logs.set_up("debug")
    logging.getLogger(library).info("Authorization: Bearer token")
    assert lines.read() == []
