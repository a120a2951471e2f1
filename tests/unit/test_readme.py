"""The README says what the code does."""

import re
from pathlib import Path

import click

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


def in_the_table() -> set[str]:
    """Every command of the first column; words behind the first stand for commands of the same group."""
    found, group = set(), ""
    for cell in re.findall(r"^\| (`dueback .*?`) \|", README, re.MULTILINE):
        for words in re.findall(r"`([^`]+)`", cell):
            named = words.removeprefix("dueback ") if words.startswith("dueback ") else f"{group} {words}"
            group = named.partition(" ")[0]
            found.add(named)
    return found


def test_the_command_table_names_exactly_the_commands_there_are() -> None:
    there_are = {
        f"{name} {below}".strip()
        for name, command in dueback.commands.items()
        for below in (command.commands if isinstance(command, click.Group) else [""])
    }
    assert in_the_table() == there_are


def test_every_guide_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\((docs/[^)#]+)\)", README):
        assert (ROOT / link).exists(), link
