"""The rule and group commands, as somebody types them, at a sandbox shop."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, update
from sqlalchemy.orm import Session

import sandbox
from app import book, models, rulebook
from app.cli import dueback
from app.engine.rules import Scope
from app.platforms.saleor import Saleor
from app.rulebook import NoSuchTarget, Place
from app.runtime import Runtime
from app.seal import Seal
from tests.app.conftest import SECRET
from tests.app.rule_shop import NOW, ordered
from tests.sandbox.desk import Desk

Command = Callable[..., Result]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with sandbox.serve(gap=0.01, retry_scale=0.001) as running:
        yield Desk(running)


@pytest.fixture
def shop(engine: Engine, desk: Desk) -> models.Shop:
    """Installed at the sandbox as its app: two channels over one warehouse, one variant in both."""
    warehouse = desk.warehouse()
    web, outlet = desk.channel(warehouse), desk.channel(warehouse)
    variant = desk.variant(web, outlet)
    home = desk.do("categoryCreate", "category { id }", input={"name": "Home"})["category"]["id"]
    below = desk.do("categoryCreate", "category { id }", input={"name": "Mugs"}, parent=home)["category"]["id"]
    product = desk.ask("query($id: ID!) { productVariant(id: $id) { product { id } } }", id=variant)["product"]["id"]
    desk.do("productUpdate", id=product, input={"category": below})
    for name in ("Sale", "Summer"):
        desk.do("collectionCreate", "collection { id }", input={"name": name, "products": [product]})
    url = f"{desk.server.origin}/graphql/"
    permissions = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]
    token = desk.do("appCreate", "authToken", input={"name": "Dueback", "permissions": permissions})["authToken"]
    new = insert(models.Shop).values(api_url=url, app_id="App", token=Seal(SECRET).close(token))
    platform = Saleor(url, token)
    with engine.begin() as connection:
        shop_id = connection.scalar(new.returning(models.Shop.id))
        assert shop_id is not None
        book.record_layout(connection, shop_id, platform.layout())
        book.record_variants(connection, shop_id, [variant], platform.variants([variant]), NOW)
    platform.close()
    with Session(engine, expire_on_commit=False) as session:
        return session.get_one(models.Shop, shop_id)


@pytest.fixture
def sku(engine: Engine, shop: models.Shop) -> str:
    with Session(engine) as session:
        return session.query(models.Variant).one().sku


@pytest.fixture
def command(shop: models.Shop, database_url: str) -> Command:
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "APP_URL": "https://dueback.example"}
    environ |= {"DUEBACK_DEVELOPMENT": "1"}

    def run(*words: str) -> Result:
        return CliRunner().invoke(dueback, [*words[:2], "--shop", shop.api_url, *words[2:]], env=environ)

    return run


def told(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def set_rule(command: Command, scope: str, *words: str) -> str:
    return told(command("rule", "set", "--scope", scope, *words, "--yes"))


def test_every_scope_can_be_ruled_and_a_variant_says_what_holds_and_from_where(command: Command, sku: str) -> None:
    set_rule(command, "shop", "--mode", "backorder", "--cap", "10", "--lead-days", "14", "--buffer-days", "1")
    set_rule(command, "channel:channel-4", "--lead-in", "business_days")
    set_rule(command, f"product_type:{sku}", "--units-per-order", "4")
    set_rule(command, "category:home", "--holidays", "DE-BY", "--cap", "9")
    set_rule(command, "category:mugs", "--cap", "8", "--channel", "channel-4")
    set_rule(command, "collection:sale", "--may-split", "no")
    set_rule(command, f"product:{sku}", "--display", "range", "--spread-days", "3")
    set_rule(command, f"variant:{sku}", "--lead-days", "none")
    held = json.loads(told(command("rule", "test", "--sku", sku, "--channel", "channel-4", "--json")))["fields"]
    assert {
        name: (field["value"], field["from"]) for name, field in held.items() if "no rule" not in field["from"]
    } == {
        "mode": ("backorder", "shop"),
        "cap": (8, "category:mugs in channel-4"),
        "lead_days": (None, f"variant:{sku}"),
        "lead_in": ("business_days", "channel:channel-4"),
        "holidays": ("DE-BY", "category:home"),
        "buffer_days": (1, "shop"),
        "units_per_order": (4, f"product_type:{sku}"),
        "may_split": (False, "collection:sale"),
        "display": ("range", f"product:{sku}"),
        "spread_days": (3, f"product:{sku}"),
    }
    said = told(command("rule", "test", "--sku", sku, "--channel", "channel-4"))
    assert "cap 8: category:mugs in channel-4\n" in said
    assert "open at 0: no rule says so\n" in said


@pytest.mark.parametrize(
    "scope",
    ["category:gone", "collection:gone", "product:gone", "product_type:gone", "channel:gone", "variant:gone", "shop:x",
     "category", "category:", "planet:mars", ""],
)  # fmt: skip
def test_what_the_shop_does_not_have_is_refused_by_name(command: Command, scope: str) -> None:
    result = command("rule", "set", "--scope", scope, "--cap", "1")
    assert result.exit_code == 1
    assert "Error: " in result.output
    assert (scope.partition(":")[2] or scope) in result.output


def test_many_names_are_resolved_at_once_each_with_its_own_trouble(
    runtime: Runtime, shop: models.Shop, sku: str
) -> None:
    wanted: list[tuple[str, str | None]] = [
        ("shop", None), ("category:home", "channel-2"), ("category:gone", None), (f"variant:{sku}", "nowhere"),
    ]  # fmt: skip
    found = rulebook.resolve_all(runtime, shop, wanted)
    assert found["shop", None] == Place(Scope.SHOP)
    named = found["category:home", "channel-2"]
    assert isinstance(named, Place)
    assert (named.scope, named.target_name, bool(named.target), bool(named.channel_id)) == (
        Scope.CATEGORY,
        "home",
        True,
        True,
    )
    assert isinstance(found["category:gone", None], NoSuchTarget)
    assert isinstance(found[f"variant:{sku}", "nowhere"], NoSuchTarget)


def test_a_rule_for_what_no_channel_sells_is_kept_and_says_that_nothing_opens_yet(
    command: Command, engine: Engine, sku: str
) -> None:
    with engine.begin() as connection:
        connection.execute(update(models.Variant).values(listed_in=[]))
    said = command("rule", "set", "--scope", f"variant:{sku}", "--mode", "backorder", "--cap", "3").output
    assert "No active channel sells any of it yet" in said
    assert "cap 3" in said


def test_a_preview_says_what_would_open_and_sets_nothing(command: Command, sku: str) -> None:
    said = told(command("rule", "set", "--scope", "category:home", "--mode", "backorder", "--cap", "5", "--preview"))
    assert "It covers 1 variant." in said
    assert f"  {sku} in channel-2, 5 past zero\n" in said
    assert told(command("rule", "list")) == ""


def test_setting_a_rule_without_a_cap_says_that_nothing_opens(command: Command, sku: str) -> None:
    scope, says = f"variant:{sku}", "Neither this rule nor a wider one sets a cap, so nothing may be owed: set one."
    assert says in set_rule(command, scope, "--mode", "backorder")
    assert json.loads(set_rule(command, scope, "--lead-days", "3", "--json"))["remarks"] == [says]
    assert says in told(command("rule", "set", "--scope", scope, "--lead-days", "4", "--preview"))


@pytest.mark.parametrize("only", [(), ("--preview",)])
def test_a_refusal_names_the_option_and_how_to_take_out_what_is_kept(
    command: Command, sku: str, only: tuple[str, ...]
) -> None:
    def refused(*words: str) -> str:
        return command("rule", "set", "--scope", scope, *words, *only).output

    scope = f"variant:{sku}"
    set_rule(command, scope, "--mode", "preorder", "--cap", "5", "--release-on", "2099-01-01")
    assert "--release-on: A backorder has no release" in refused("--mode", "backorder")
    assert "--release-on inherit takes it out of the rule." in refused("--mode", "backorder")
    set_rule(command, scope, "--display", "range", "--spread-days", "3")
    assert "--spread-days inherit takes it out of the rule." in refused("--display", "unknown")
    assert "--ends-on inherit takes it out of the rule." in refused("--ends-on", "none")
    assert "--lead-days: should be" in refused("--lead-days", "many")
    assert "inherit" not in refused("--lead-days", "many")


def test_switches_are_told_as_the_options_take_them(command: Command) -> None:
    assert "may split no, early sale yes" in set_rule(command, "shop", "--early-sale", "yes", "--may-split", "no")


def test_what_can_never_hold_and_what_sets_nothing_is_refused(command: Command) -> None:
    other = command("rule", "set", "--scope", "channel:channel-4", "--channel", "channel-2", "--mode", "backorder")
    assert "A rule for the channel channel-4 holds nowhere but there. Leave channel-2 out." in other.output
    assert "A rule has to decide something" in command("rule", "set", "--scope", "shop").output
    set_rule(command, "shop", "--mode", "off")
    assert "There is nothing to set" in command("rule", "set", "--scope", "shop").output
    assert "There is nothing to set" in command("rule", "set", "--scope", "shop", "--preview").output


def test_list_and_preview_say_which_of_two_collections_decides(command: Command) -> None:
    set_rule(command, "collection:summer", "--cap", "3")
    said = "cap: collection:sale decides over collection:summer for 1 variant in both"
    assert said in told(command("rule", "set", "--scope", "collection:sale", "--cap", "4", "--preview"))
    set_rule(command, "collection:sale", "--cap", "4")
    assert said in told(command("rule", "list"))


def test_the_history_tells_each_change_and_a_stale_version_is_refused(command: Command) -> None:
    set_rule(command, "shop", "--cap", "1")
    set_rule(command, "shop", "--cap", "2", "--version", "1")
    stale = command("rule", "set", "--scope", "shop", "--cap", "3", "--version", "1")
    assert (stale.exit_code, "at version 2 now" in stale.output) == (1, True)
    told(command("rule", "remove", "--scope", "shop"))
    changes: list[dict[str, Any]] = json.loads(told(command("rule", "history", "--json")))
    assert [(change["before"], change["after"]) for change in changes] == [
        ({"cap": 2}, None),
        ({"cap": 1}, {"cap": 2}),
        (None, {"cap": 1}),
    ]
    assert "cap 1 -> cap 2" in told(command("rule", "history", "--scope", "shop"))


def test_inherit_takes_a_field_out_of_a_rule_again(command: Command) -> None:
    set_rule(command, "shop", "--cap", "1", "--lead-days", "3")
    assert set_rule(command, "shop", "--cap", "inherit") == "shop: lead days 3\n"


def test_channels_alike_are_proposed_made_one_and_parted_again(
    command: Command, engine: Engine, shop: models.Shop, sku: str
) -> None:
    assert json.loads(told(command("group", "propose", "--json"))) == [["channel-2", "channel-4"]]
    set_rule(command, "shop", "--mode", "backorder", "--cap", "5", "--channel", "channel-2")
    assert json.loads(told(command("group", "propose", "--json"))) == []
    set_rule(command, "shop", "--mode", "backorder", "--cap", "5", "--channel", "channel-4")
    assert json.loads(told(command("group", "propose", "--json"))) == [["channel-2", "channel-4"]]
    told(command("group", "make", "channel-2", "channel-4", "--yes"))
    assert json.loads(told(command("group", "propose", "--json"))) == []
    first, second = channels(engine, shop)
    assert first.pool == second.pool
    assert "channel-2 is in no group any more." in told(command("group", "dissolve", "channel-2"))
    first, second = channels(engine, shop)
    assert first.pool != second.pool
    assert None not in {first.pool, second.pool}


def test_a_group_with_open_orders_is_only_parted_with_consent_and_they_keep_their_place(
    command: Command, engine: Engine, shop: models.Shop, sku: str
) -> None:
    set_rule(command, "shop", "--mode", "backorder", "--cap", "5")
    told(command("group", "make", "channel-2", "channel-4", "--yes"))
    [variant], second = variants(engine), channels(engine, shop)[1]
    ordered(engine, shop, "21", variant, 2, channel=second.id)
    refused = command("group", "dissolve", "channel-2")
    assert (refused.exit_code, "2 units of open orders of channel-4" in refused.output) == (1, True)
    told(command("group", "dissolve", "channel-2", "--yes"))
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, shop, [variant])
    assert [(claim.number, claim.quantity, claim.channel) for claim in facts.claims] == [("21", 2, second.id)]


def channels(engine: Engine, shop: models.Shop) -> list[Any]:
    with engine.begin() as connection:
        return [channel for channel in book.load_channels(connection, shop.id) if channel.slug.startswith("channel-")]


def variants(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [variant.id for variant in session.query(models.Variant)]


def test_names_the_shop_has_are_found_by_a_part_of_them(runtime: Runtime, shop: models.Shop, sku: str) -> None:
    wanted = {Scope.CATEGORY: "MUG", Scope.COLLECTION: "summ", Scope.PRODUCT: sku[:4], Scope.PRODUCT_TYPE: sku[:4],
              Scope.VARIANT: sku[:4].lower(), Scope.SHOP: "x", Scope.CHANNEL: ""}  # fmt: skip
    with runtime.engine.connect() as connection:
        found = {
            scope: [name for name, _ in rulebook.suggestions(runtime, connection, shop, scope, text)]
            for scope, text in wanted.items()
        }
    assert found == {
        Scope.CATEGORY: ["mugs"],
        Scope.COLLECTION: ["summer"],
        Scope.PRODUCT: [sku],
        Scope.PRODUCT_TYPE: [sku],
        Scope.VARIANT: [sku],
        Scope.SHOP: [],
        Scope.CHANNEL: ["channel-2", "channel-4"],
    }
