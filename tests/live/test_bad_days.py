"""Webhooks that go astray, workers that die, and requests nobody should trust."""

import httpx
import pytest

from tests.live.conftest import Stage
from tests.live.postman import WEBHOOKS, Mood
from tests.live.waiting import eventually


def test_s8_after_lost_webhooks_the_next_sweep_sets_everything_right(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    with stage.postman.being(Mood.LOSE):
        order = stage.shop.buy(channel, (item, 4))
        stage.shop.put(item, warehouse, 6)
        stage.quiet()
    assert stage.dueback.queue(item.sku) == []

    stage.dueback.sweep()

    assert stage.dueback.served(item.sku) == [(order.number, 4, 0)]
    assert stage.shop.available(channel, item) == 2


def test_s8_doubled_webhooks_change_nothing(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    with stage.postman.being(Mood.DOUBLE):
        order = stage.shop.buy(channel, (item, 4))
        stage.shop.put(item, warehouse, 6)
        eventually(lambda: stage.dueback.served(item.sku), [(order.number, 4, 0)])
        eventually(lambda: stage.shop.available(channel, item), 2)


def test_s8_webhooks_that_come_late_and_backwards_end_in_the_same_state(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    with stage.postman.being(Mood.HOLD):
        first = stage.shop.buy(channel, (item, 4))
        stage.shop.put(item, warehouse, 6)
        second = stage.shop.buy(channel, (item, 1))
        stage.shop.fulfil(first.id, warehouse.id)
        eventually(lambda: len(stage.postman.held) > 5, True)
        stage.quiet()
    stage.dueback.sweep()
    settled = stage.dueback.served(item.sku), stage.shop.available(channel, item), stage.shop.stocks(item)
    assert settled[:2] == ([(second.number, 1, 0)], 1)

    assert stage.postman.release(backwards=True)

    stage.dueback.wait()
    assert (stage.dueback.served(item.sku), stage.shop.available(channel, item), stage.shop.stocks(item)) == settled


@pytest.mark.parametrize("step", ["observe", "decide", "apply"])
def test_s9_a_worker_killed_in_the_middle_of_a_step_leaves_nothing_undone_and_nothing_done_twice(
    stage: Stage, step: str
) -> None:
    warehouse, channel, item = stage.sold_out()
    order = stage.shop.buy(channel, (item, 4))
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 0, 4)])
    stage.dueback.wait()
    stage.dueback.kill_worker()
    stage.dueback.start_dying_worker(step)

    stage.shop.put(item, warehouse, 6)
    stage.dueback.wait_for_worker_to_die(60)
    stage.dueback.start_worker()

    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 4, 0)], 60)
    eventually(lambda: stage.shop.available(channel, item), 2)
    eventually(lambda: stage.shop.order_metadata(order.id), {"status": "ready"})
    stage.dueback.wait()


def test_s10_what_nobody_signed_is_turned_away_and_what_is_not_understood_is_let_pass(stage: Stage) -> None:
    _, channel, item = stage.sold_out()
    order = stage.shop.buy(channel, (item, 1))
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 0, 1)])
    stage.dueback.wait()
    [letter, *_] = [letter for letter in stage.postman.delivered if letter.path == WEBHOOKS][-1:]

    def send(body: bytes = letter.body, **headers: str) -> int:
        named = {f"Saleor-{name.replace('_', '-').title()}": value for name, value in headers.items()}
        return httpx.post(stage.dueback.url + WEBHOOKS, content=body, headers=letter.headers | named).status_code

    assert send(body=letter.body + b" ") == 401
    assert send(signature="not.a.signature") == 401
    assert send(api_url="https://elsewhere.example/graphql/") == 401
    assert send(body=b"x" * 5_000_000) == 413
    assert send(event="something_new") == 202
    assert send() == 202
    stage.dueback.wait()
    assert stage.dueback.served(item.sku) == [(order.number, 0, 1)]


def test_s10_metadata_that_a_shopper_forged_is_overwritten_and_decides_nothing(stage: Stage) -> None:
    _, channel, item = stage.sold_out("--mode", "backorder", "--cap", "20", "--lead-days", "14")
    forged = {"dueback.status": "ready", "dueback.ready": "9", "dueback.expected": "2001-01-01", "dueback.vip": "yes"}
    order = stage.shop.buy(channel, (item, 2), forged=forged)
    told = {"status": "waiting", "ready": "0", "waiting": "2"}
    eventually(lambda: {k: v for k, v in stage.shop.line_metadata(order.id)[0].items() if k != "expected"}, told)
    assert stage.shop.line_metadata(order.id)[0]["expected"] > "2026"
