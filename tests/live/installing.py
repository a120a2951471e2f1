"""Installing Dueback in a shop as staff do, and taking it away again."""

from typing import Any

from tests.live import documents
from tests.live.client import Client
from tests.live.waiting import eventually


def install(client: Client, manifest_url: str) -> None:
    uninstall_all(client)
    permissions = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]
    asked = {"appName": "Dueback", "manifestUrl": manifest_url, "permissions": permissions}
    client.staff(documents.INSTALL_APP, input=asked)
    eventually(lambda: _failed(client, manifest_url) or str(bool(installed(client))), "True")


def _failed(client: Client, manifest_url: str) -> str:
    """What the shop says about an installation that went wrong."""
    tries = client.staff(documents.INSTALLATIONS)
    return "; ".join(t["message"] for t in tries if t["manifestUrl"] == manifest_url and t["status"] == "FAILED")


def installed(client: Client) -> list[str]:
    edges = client.staff(documents.APPS)["edges"]
    return [edge["node"]["id"] for edge in edges if is_ours(edge["node"])]


def is_ours(app: dict[str, Any]) -> bool:
    return bool(app["identifier"] == "app.dueback" and app["isActive"])


def uninstall_all(client: Client) -> None:
    for app in installed(client):
        client.staff(documents.DELETE_APP, id=app)
