"""What set-up asks of Saleor: a warehouse of ours in the right places, and our own webhooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.platforms.saleor_link import Link, nodes
from app.platforms.seen import WebhookSeen

POOL_KEY = "dueback.pool"
IN_ORDER = "PRIORITIZE_SORTING_ORDER"
FAR_TO_THE_FRONT = -1000


class SetUp(Link):
    """See `Platform` for what each method promises."""

    def create_warehouse(self, name: str, slug: str, like: str, pool_of: Sequence[str]) -> str:
        model = self.ask("warehouse_address", id=like)["warehouse"]
        address = model["address"] | {"country": model["address"]["country"]["code"]}
        wanted = {"name": name, "slug": slug, "email": model["email"], "address": address}
        created: str = self.tell("create_warehouse", repeatable=False, input=wanted)["warehouse"]["id"]
        self.name_ours(created, pool_of)
        return created

    def name_ours(self, warehouse: str, pool_of: Sequence[str]) -> None:
        mark = [{"key": POOL_KEY, "value": " ".join(pool_of)}]
        self.tell("set_private_metadata", repeatable=True, id=warehouse, input=mark)

    def rename_warehouse(self, warehouse: str, name: str) -> None:
        self.tell("rename_warehouse", repeatable=True, id=warehouse, name=name)

    def join_channel(self, channel: str, warehouse: str) -> None:
        self.tell("update_channel", repeatable=True, id=channel, input={"addWarehouses": [warehouse]})

    def leave_channel(self, channel: str, warehouse: str) -> None:
        self.tell("update_channel", repeatable=True, id=channel, input={"removeWarehouses": [warehouse]})

    def join_zone(self, zone: str, warehouse: str) -> None:
        self.tell("join_zone", repeatable=True, id=zone, warehouses=[warehouse])

    def bring_to_front(self, channel: str, warehouse: str) -> None:
        self.tell("move_warehouse", repeatable=True, channel=channel, warehouse=warehouse, by=FAR_TO_THE_FRONT)

    def allocate_in_order(self, channel: str) -> None:
        settings = {"stockSettings": {"allocationStrategy": IN_ORDER}}
        self.tell("update_channel", repeatable=True, id=channel, input=settings)

    def webhooks(self) -> list[WebhookSeen]:
        return [_webhook(node) for node in self.ask("webhooks")["app"]["webhooks"] or ()]

    def create_webhook(self, name: str, url: str, query: str, events: Sequence[str]) -> str:
        payload = self.tell("create_webhook", repeatable=False, input=_webhook_input(name, url, query, events))
        created: str = payload["webhook"]["id"]
        return created

    def update_webhook(self, webhook: str, name: str, url: str, query: str, events: Sequence[str]) -> None:
        self.tell("update_webhook", repeatable=True, id=webhook, input=_webhook_input(name, url, query, events))

    def delete_webhook(self, webhook: str) -> None:
        self.tell("delete_webhook", repeatable=False, id=webhook)


def _webhook_input(name: str, url: str, query: str, events: Sequence[str]) -> dict[str, Any]:
    """Without events Saleor reads them off the query."""
    return {"name": name, "targetUrl": url, "query": query, "asyncEvents": list(events), "isActive": True}


def _webhook(node: dict[str, Any]) -> WebhookSeen:
    failures = nodes(node["failures"]) if node["failures"] else []
    return WebhookSeen(
        id=node["id"],
        name=node["name"] or "",
        url=node["targetUrl"],
        query=node["subscriptionQuery"] or "",
        events=frozenset(event["eventType"] for event in node["asyncEvents"]),
        active=node["isActive"],
        failures=tuple((datetime.fromisoformat(failed["createdAt"]), failed["eventType"]) for failed in failures),
    )
