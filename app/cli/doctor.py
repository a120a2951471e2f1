"""Is this shop set up right?"""

import dataclasses
import sys

import click

from app import doctor as examination
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import WHO


@click.command()
@shop_option
@click.option("--mend", is_flag=True, help="Put right what we may put right alone.")
@json_option
def doctor(shop_url: str, mend: bool, as_json: bool) -> None:
    """List what is wrong in the shop and how to mend it. Fails when something is."""
    with opened(shop_url) as (opened_runtime, shop):
        if mend:
            for sentence in examination.mend(opened_runtime, shop, who=WHO):
                click.echo(sentence, err=as_json)
        findings = examination.examine(opened_runtime, shop)
    if as_json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.severity}: {finding.message} {finding.remedy}")
        if not findings:
            click.echo("Everything is in order.")
    sys.exit(any(finding.severity == "error" for finding in findings))
