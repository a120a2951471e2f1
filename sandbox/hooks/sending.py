"""Deliver webhooks as Saleor's workers do: apart from the request, in no fixed order, again where a retry can help."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import requests

from sandbox.api.names import Told
from sandbox.state.people import App, Attempt, Delivery, Webhook
from sandbox.state.places import Channel
from sandbox.state.shop import Happened, Shop

from .catalogue import EVENTS, LIFECYCLE, is_deferred
from .keys import SigningKey
from .timetable import Timetable

USER_AGENT = "Saleor/3.23"
TIMEOUT = (2, 18)
RETRIES = 5
WORKERS = 4
_SHUFFLE_SECONDS = 0.5
Render = Callable[[Webhook, Told], str | None]


class Deliverer:
    """``render`` writes the body of one event for one webhook; it is called with the shop's lock held."""

    def __init__(self, shop: Shop, key: SigningKey, url: str, render: Render) -> None:
        self.shop = shop
        self.key = key
        self.url = url
        self.render = render
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="sandbox-webhook")
        self.timetable = Timetable(self.pool.submit)

    def start(self) -> None:
        self.timetable.start()
        with self.shop.lock:
            waiting = [row for row in self.shop.deliveries if row.status == "PENDING"]
        for row in waiting:
            self._later(0, row, 0)

    def stop(self) -> None:
        self.timetable.stop()
        self.pool.shutdown(wait=True, cancel_futures=True)

    def again(self, row: Delivery) -> None:
        self._later(0, row, 0)

    def tell(self, happened: list[Happened]) -> None:
        """Find who listens; the body of most events is written now, that of the deferred ones a little later."""
        for event in happened:
            for webhook in self._listeners(event):
                if is_deferred(event.name):
                    self.timetable.at(0.0, lambda webhook=webhook, event=event: self._write(webhook, event))  # type: ignore[misc]
                else:
                    self._write(webhook, event)

    def _listeners(self, event: Happened) -> list[Webhook]:
        found: list[Webhook] = []
        for webhook in self.shop.webhooks:
            app = self.shop.apps.get(webhook.app)
            wants = event.name in webhook.events or "any_events" in webhook.events
            if app is not None and wants and webhook.is_active and self._may_hear(app, webhook, event):
                found.append(webhook)
        return found

    def _may_hear(self, app: App, webhook: Webhook, event: Happened) -> bool:
        if event.name in LIFECYCLE:
            return event.about["app"] is app
        need = EVENTS[event.name]
        if not app.is_active or app.removed_at is not None or need not in app.permissions:
            return False
        return not webhook.channels or self._channel(event) in webhook.channels

    def _channel(self, event: Happened) -> str | None:
        about = event.about
        if isinstance(about.get("channel"), Channel):
            return str(about["channel"].slug)
        owner = about.get("order") or about.get("checkout")
        return self.shop.channels[owner.channel].slug if owner else None

    def _write(self, webhook: Webhook, event: Happened) -> None:
        with self.shop.lock:
            body = self.render(webhook, Told(event, self.shop.apps.get(webhook.app)))
            if body is None:
                return
            row = Delivery(self.shop.deliveries.next_pk(), webhook.pk, event.name, body, event.at)
            self.shop.note(row)
            switches = self.shop.switches
            copies = 0 if switches.drop else 2 if switches.duplicate else 1
            delay, shuffle = switches.delay, switches.shuffle
        if not copies:
            self._forget(row)
        for _ in range(copies):
            self._later(delay + (random.uniform(0, _SHUFFLE_SECONDS) if shuffle else 0), row, 0)

    def _later(self, seconds: float, row: Delivery, attempt: int) -> None:
        self.timetable.at(seconds, lambda: self._attempt(row, attempt))

    def _attempt(self, row: Delivery, attempt: int) -> None:
        with self.shop.lock:
            webhook = self.shop.webhooks.get(row.webhook)
            app = self.shop.apps.get(webhook.app) if webhook else None
        if webhook is None or app is None:
            self._forget(row)
            return
        if row.event not in LIFECYCLE and not (webhook.is_active and app.is_active):
            self._status(row, "FAILED")
            return
        started = time.monotonic()
        code, text = self._send(webhook, row)
        took = time.monotonic() - started
        if code is not None and 200 <= code < 300:
            self._forget(row)
            return
        worth_it = (code is None or code >= 500) and attempt < RETRIES
        self._tried(row, code, text, took)
        if worth_it:
            self._later(10 * 2**attempt * self.shop.switches.retry_scale, row, attempt + 1)
        else:
            self._status(row, "FAILED")

    def _send(self, webhook: Webhook, row: Delivery) -> tuple[int | None, str]:
        body = row.body.encode()
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.headers["User-Agent"] = USER_AGENT
                answer = session.post(
                    webhook.target_url,
                    data=body,
                    headers=self._headers(webhook, row.event, body),
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            return None, str(error)
        return answer.status_code, answer.text[:1000]

    def _headers(self, webhook: Webhook, event: str, body: bytes) -> dict[str, str]:
        """In Saleor's order; every value once under its old name and once under its new one."""
        domain = urlsplit(self.url).netloc
        if webhook.secret_key:
            signature = hmac.new(webhook.secret_key.encode(), body, hashlib.sha256).hexdigest()
        else:
            signature = self.key.detached(body)
        return {
            "Content-Type": "application/json",
            "X-Saleor-Event": event,
            "X-Saleor-Domain": domain,
            "X-Saleor-Signature": signature,
            "Saleor-Event": event,
            "Saleor-Domain": domain,
            "Saleor-Signature": signature,
            "Saleor-Api-Url": f"{self.url}/graphql/",
        } | webhook.custom_headers

    def _tried(self, row: Delivery, code: int | None, text: str, took: float) -> None:
        with self.shop.lock:
            pk = self.shop.attempts.next_pk()
            sent = json.dumps({"Saleor-Event": row.event})
            self.shop.note(Attempt(pk, row.pk, self.shop.now(), "FAILED", took, text, code, sent))

    def _status(self, row: Delivery, status: str) -> None:
        with self.shop.lock:
            row.status = status
            self.shop.note(row)

    def _forget(self, row: Delivery) -> None:
        with self.shop.lock:
            for attempt in self.shop.attempts.of("delivery", row.pk):
                self.shop.forget(attempt)
            self.shop.forget(row)
