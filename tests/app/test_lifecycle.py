"""Staff switch the app off and on and remove it; what the events say is checked with the shop itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text, update

from app import installs, sweep
from app.models import Shop
from app.platforms import ShopError
from app.runtime import Runtime
from tests.app.registering import OTHERS, OURS, registered
from tests.app.saleor import FakeSaleor


def lifecycle(runtime: Runtime, shop_id: int, event: str, app: dict[str, Any] | None) -> str:
    installs.change_state(runtime, shop_id, event, {"app": app})
    return runtime.shop(shop_id).state


def test_an_app_that_was_removed_forgets_its_token_and_keeps_the_rest(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime
) -> None:
    shop_id = registered(web, saleor)
    saleor.apps.clear()
    assert lifecycle(runtime, shop_id, "app_deleted", {"id": OURS}) == "removed"
    assert runtime.shop(shop_id).token == ""
    assert runtime.shop(shop_id).name == "A shop"


def test_the_removal_of_an_earlier_installation_comes_too_late_to_matter(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime
) -> None:
    shop_id = registered(web, saleor)
    assert lifecycle(runtime, shop_id, "app_deleted", {"id": OTHERS}) == "installed"


def test_a_removal_the_shop_knows_nothing_of_is_not_believed(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime
) -> None:
    shop_id = registered(web, saleor)
    assert lifecycle(runtime, shop_id, "app_deleted", {"id": OURS}) == "installed"


def test_an_app_that_is_switched_off_rests_and_one_switched_on_is_swept(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime, engine: Engine
) -> None:
    shop_id = registered(web, saleor)
    with engine.begin() as connection:
        connection.execute(update(Shop).values(swept_at=text("now()"), fully_swept_at=text("now()")))
    [app] = saleor.apps.values()
    saleor.apps.clear()
    assert lifecycle(runtime, shop_id, "app_status_changed", {"id": OURS, "isActive": False}) == "inactive"
    saleor.apps["token one"] = app
    assert lifecycle(runtime, shop_id, "app_status_changed", {"id": OURS, "isActive": True}) == "installed"
    shop = runtime.shop(shop_id)
    assert (shop.swept_at, shop.fully_swept_at) == (None, None)


def test_switching_events_that_come_late_do_not_count_but_what_the_shop_says_does(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime
) -> None:
    shop_id = registered(web, saleor)
    assert lifecycle(runtime, shop_id, "app_status_changed", {"id": OURS, "isActive": False}) == "installed"


def test_a_lifecycle_event_is_tried_again_when_the_shop_cannot_be_asked(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime
) -> None:
    shop_id = registered(web, saleor)
    saleor.broken = True
    with pytest.raises(ShopError):
        lifecycle(runtime, shop_id, "app_deleted", {"id": OURS})
    assert runtime.shop(shop_id).state == "installed"


def test_being_switched_on_again_is_found_by_the_next_sweep_when_nobody_told_us(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime, engine: Engine
) -> None:
    shop_id = registered(web, saleor)
    [app] = saleor.apps.values()
    saleor.apps.clear()
    assert lifecycle(runtime, shop_id, "app_status_changed", {"id": OURS, "isActive": False}) == "inactive"
    sweep.run(runtime, shop_id)
    assert runtime.shop(shop_id).state == "inactive"
    assert not is_overdue(engine, minutes=60)
    assert is_overdue(engine, minutes=0)
    saleor.apps["token one"] = app
    sweep.run(runtime, shop_id)
    assert runtime.shop(shop_id).state == "installed"
    assert is_overdue(engine, minutes=60)


def is_overdue(engine: Engine, minutes: int) -> bool:
    with engine.connect() as connection:
        return sweep.overdue(connection, datetime.now(UTC), minutes) != []


@pytest.mark.parametrize("app", [None, {}, {"id": None}])
def test_a_lifecycle_event_that_names_no_app_changes_nothing(
    web: FlaskClient, saleor: FakeSaleor, runtime: Runtime, app: dict[str, Any] | None
) -> None:
    shop_id = registered(web, saleor)
    saleor.apps.clear()
    assert lifecycle(runtime, shop_id, "app_deleted", app) == "installed"
