"""What the merchant allows."""

import click

from app.cli.rule_reading import list_rules, rule_history, test_rule
from app.cli.rule_setting import remove_rule, set_rule


@click.group()
def rule() -> None:
    """Set, list, test and remove rules: what may be ordered past zero, and how far."""


for command in (set_rule, list_rules, test_rule, rule_history, remove_rule):
    rule.add_command(command)
