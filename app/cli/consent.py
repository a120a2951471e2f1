"""What a command says where the shop's own settings would change, and where it cannot be done."""

import contextlib
from collections.abc import Iterator

import click

from app.platforms import ShopError
from app.pools import NeedsConsent
from app.rulebook import BadRule


@contextlib.contextmanager
def consenting() -> Iterator[None]:
    """What is refused, or needs somebody to agree, as the command's own error."""
    try:
        yield
    except NeedsConsent as asked:
        raise click.ClickException(f"{asked} Run the command again with --yes to agree.") from asked
    except (BadRule, ShopError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
