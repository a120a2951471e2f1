"""After an upgrade of the app its webhooks in the shop are those of the new manifest."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import insert

from app import installs
from app.models import Shop
from app.platforms import WebhookSeen
from app.runtime import Runtime

URL = "https://dueback.example/api/webhooks/saleor"


@dataclass
class ShopsWebhooks:
    """What of a shop concerns our own webhooks. `written` counts the writes."""

    all: dict[str, WebhookSeen] = field(default_factory=dict)
    written: int = 0

    def webhooks(self) -> list[WebhookSeen]:
        return list(self.all.values())

    def create_webhook(self, name: str, url: str, query: str, events: Sequence[str]) -> str:
        webhook = f"webhook {len(self.all) + self.written}"
        self.update_webhook(webhook, name, url, query, events)
        return webhook

    def update_webhook(self, webhook: str, name: str, url: str, query: str, events: Sequence[str]) -> None:
        self.all[webhook] = WebhookSeen(webhook, name, url, query, frozenset(events), active=True, failures=())
        self.written += 1

    def delete_webhook(self, webhook: str) -> None:
        del self.all[webhook]
        self.written += 1

    def close(self) -> None:
        pass

    def named(self, name: str) -> WebhookSeen:
        [found] = [webhook for webhook in self.all.values() if webhook.name == name]
        return found


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> ShopsWebhooks:
    shown = ShopsWebhooks()
    monkeypatch.setattr(Runtime, "platform", lambda _runtime, _shop: shown)
    return shown


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    with runtime.engine.begin() as connection:
        made = insert(Shop).values(api_url="https://shop.example/graphql/", app_id="App", token="")
        shop_id: int = connection.execute(made.returning(Shop.id)).scalar_one()
    return runtime.shop(shop_id)


@pytest.fixture
def upgraded(runtime: Runtime, shop: Shop, there: ShopsWebhooks) -> ShopsWebhooks:
    installs.upgrade_webhooks(runtime, shop)
    return there


def wanted(runtime: Runtime) -> dict[str, tuple[str, str, frozenset[str]]]:
    manifest = installs.manifest(runtime.config)["webhooks"]
    return {each["name"]: (each["targetUrl"], each["query"], frozenset(each["asyncEvents"])) for each in manifest}


def shown(there: ShopsWebhooks) -> dict[str, tuple[str, str, frozenset[str]]]:
    return {webhook.name: (webhook.url, webhook.query, webhook.events) for webhook in there.all.values()}


def test_missing_webhooks_are_made(runtime: Runtime, upgraded: ShopsWebhooks) -> None:
    assert shown(upgraded) == wanted(runtime)
    assert all(webhook.active for webhook in upgraded.all.values())


def test_what_is_right_is_left_alone(runtime: Runtime, shop: Shop, upgraded: ShopsWebhooks) -> None:
    written = upgraded.written
    installs.upgrade_webhooks(runtime, shop)
    assert upgraded.written == written


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://old.example/hook"},
        {"query": "subscription { event { __typename } }"},
        {"events": frozenset({"ORDER_CREATED"})},
        {"active": False},
    ],
)
def test_a_webhook_that_differs_is_put_right(
    runtime: Runtime, shop: Shop, upgraded: ShopsWebhooks, change: dict[str, object]
) -> None:
    orders = upgraded.named("Orders")
    upgraded.all[orders.id] = replace(orders, **change)  # type: ignore[arg-type]
    written = upgraded.written
    installs.upgrade_webhooks(runtime, shop)
    assert upgraded.named("Orders") == orders
    assert upgraded.written == written + 1


def test_webhooks_of_an_older_version_and_second_ones_go(runtime: Runtime, shop: Shop, upgraded: ShopsWebhooks) -> None:
    orders = upgraded.named("Orders")
    upgraded.all["old"] = replace(orders, id="old", name="Checkouts")
    upgraded.all["twin"] = replace(orders, id="twin")
    installs.upgrade_webhooks(runtime, shop)
    assert shown(upgraded) == wanted(runtime)
    assert len(upgraded.all) == len(wanted(runtime))


def test_white_space_the_shop_trims_off_a_query_is_no_difference(
    runtime: Runtime, shop: Shop, upgraded: ShopsWebhooks
) -> None:
    for webhook in upgraded.webhooks():
        upgraded.all[webhook.id] = replace(webhook, query=webhook.query.strip())
    written = upgraded.written
    installs.upgrade_webhooks(runtime, shop)
    assert upgraded.written == written
