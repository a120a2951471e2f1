"""Apps in a shop, as staff see them: install, take away, read what they complain of, cut off their webhooks."""

from dataclasses import dataclass
from typing import Any

from tests.live import documents
from tests.live.client import Client
from tests.live.waiting import eventually


@dataclass(frozen=True)
class InstalledApp:
    """An app the shop has installed."""

    client: Client
    id: str

    def problems(self) -> dict[str, str]:
        """What the app reports to staff and nobody has put aside: the newest message by key."""
        newest_first = [problem for problem in self._seen()["problems"] if not problem["dismissed"]]
        return {problem["key"]: problem["message"] for problem in reversed(newest_first)}

    def lose_webhooks(self) -> None:
        """From now on the shop tells the app nothing, and nothing is told later."""
        self._switch_webhooks(False)

    def hear_webhooks(self) -> None:
        self._switch_webhooks(True)

    def uninstall(self) -> None:
        self.client.staff(documents.DELETE_APP, id=self.id)

    def _switch_webhooks(self, active: bool) -> None:
        for webhook in self._seen()["webhooks"]:
            self.client.staff(documents.SWITCH_WEBHOOK, id=webhook["id"], active=active)

    def _seen(self) -> dict[str, Any]:
        return next(app for app in _apps(self.client) if app["id"] == self.id)


def install(client: Client, manifest_url: str, permissions: list[str]) -> InstalledApp:
    """Install the app and wait until the shop has told it its token. Fails with the shop's words where it cannot."""
    asked = {"appName": "Under test", "manifestUrl": manifest_url, "permissions": permissions}
    client.staff(documents.INSTALL_APP, input=asked)
    eventually(lambda: _state(client, manifest_url), "INSTALLED")
    return installed(client, manifest_url)[0]


def installed(client: Client, manifest_url: str) -> list[InstalledApp]:
    """Those installed from this manifest that work."""
    return [
        InstalledApp(client, app["id"])
        for app in _apps(client)
        if app["manifestUrl"] == manifest_url and app["isActive"]
    ]


def _apps(client: Client) -> list[dict[str, Any]]:
    return [edge["node"] for edge in client.staff(documents.APPS)["edges"]]


def _state(client: Client, manifest_url: str) -> str:
    """INSTALLED, PENDING, or FAILED with the shop's reason."""
    if installed(client, manifest_url):
        return "INSTALLED"
    tries = [found for found in client.staff(documents.INSTALLATIONS) if found["manifestUrl"] == manifest_url]
    return "; ".join(f"{found['status']} {found['message'] or ''}".strip() for found in tries)
