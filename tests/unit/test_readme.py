"""The README says what the code does."""

import re
from pathlib import Path

from app.cli import dueback

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_configuration_table_lists_exactly_the_variables_that_are_read() -> None:
    read = set(re.findall(r'environ(?:\.get\(|, )"([A-Z_]+)"', (ROOT / "app" / "config.py").read_text()))
    section = README.split("## Configuration")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", section, re.MULTILINE)) == read


def test_every_make_target_it_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", README)) <= targets


def test_every_command_it_names_is_there() -> None:
    named = set(re.findall(r"`?dueback ([a-z]+)\b", README))
    assert named <= set(dueback.commands)


def test_every_guide_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\((docs/[^)#]+)\)", README):
        assert (ROOT / link).exists(), link
