"""Rules, and what they would do, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from app import wording
from app.preview import Moved, Preview, Turned
from app.preview.found import LISTED
from app.rulebook import Clash


def scope_name(scope: str, name: str) -> str:
    """As the option --scope takes it."""
    return f"{scope}:{name}" if name else scope


def place_name(scope: str, channel_slug: str | None) -> str:
    return f"{scope} in {channel_slug}" if channel_slug else scope


def fields_told(fields: Mapping[str, Any] | None) -> str:
    if fields is None:
        return "no rule"
    return ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in fields.items()) or "decides nothing"


def plain(value: Any) -> str:
    """As the options take it."""
    words = {None: "none", True: "yes", False: "no", "": "none"}
    return words[value] if value is None or isinstance(value, bool) or value == "" else str(value)


def clash_told(clash: Clash, channel_slug: str | None) -> str:
    where = f" in {channel_slug}" if channel_slug else ""
    return (
        f"{clash.field.replace('_', ' ')}{where}: collection:{clash.wins} decides over collection:{clash.loses} for "
        f"{wording.variants(clash.variants)} in both, since the first by name does."
    )


def preview_told(preview: Preview, slugs: Mapping[str, str]) -> Iterator[str]:
    """Sentences; `slugs` are those of the channels by id."""
    yield f"The rule would say: {fields_told(preview.fields)}."
    yield f"It covers {wording.variants(preview.covered)}."
    yield from _listing("opens", preview.opening, [_turned(each) for each in preview.opens])
    yield from _listing("closes", preview.closing, [_turned(each) for each in preview.closes])
    yield from _listing("changes what is promised to", preview.moving, [_moved(each) for each in preview.moves])
    if refused := preview.largest_refused:
        units = "any number" if refused.units is None else refused.units
        yield (
            f"The largest line it would refuse: {units} of {refused.sku} in {refused.channel}, because "
            f"{refused.free} are still free there; a line of {refused.free + 1} is refused already. With open-at "
            f"always it would be taken. It is so for {wording.variants(preview.refusing)} in a channel."
        )
    yield from (clash_told(clash, slugs.get(clash.channel_id)) for clash in preview.clashes)
    yield from preview.remarks


def _listing(what: str, count: int, told: list[str]) -> Iterator[str]:
    if count:
        yield f"It {what} {count}{f', the first {LISTED}' if count > LISTED else ''}:"
        yield from (f"  {each}" for each in told)


def _turned(turned: Turned) -> str:
    return f"{turned.sku} in {turned.channel}, {'any number' if turned.units is None else turned.units} past zero"


def _moved(moved: Moved) -> str:
    ready = f", ready {moved.ready_before} to {moved.ready_after}" if moved.ready_before != moved.ready_after else ""
    days = f"{moved.before or 'no date'} to {moved.after or 'no date'}"
    return f"order {moved.order}, {moved.sku}: {days}{ready}"
