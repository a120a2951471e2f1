"""What every page says while the shop is out of reach."""

from datetime import timedelta

from sqlalchemy import Engine, func, update

from app import marks
from app.models import Mark, Shop
from tests.admin.desk import Desk

SAID = "The shop has not answered since"


def test_a_shop_that_is_out_of_reach_is_told_with_since_when_until_it_answers(
    desk: Desk, engine: Engine, shop: Shop
) -> None:
    desk.sign_in()
    with engine.begin() as connection:
        marks.mark(connection, shop.id, [("variant", "cup")])
    assert SAID not in desk.get("/").text
    with engine.begin() as connection:
        marks.rest(connection, shop.id, timedelta(seconds=5))
    assert SAID in desk.get("/").text
    with engine.begin() as connection:
        connection.execute(update(Mark).values(not_before=func.now() - timedelta(seconds=1)))
        marks.clear(connection, shop.id, "variant", marks.take(connection, shop.id, "variant", 10))
    assert SAID not in desk.get("/").text


def test_what_we_ourselves_cannot_work_out_is_not_said_to_be_the_shops_silence(
    desk: Desk, engine: Engine, shop: Shop
) -> None:
    desk.sign_in()
    with engine.begin() as connection:
        marks.mark(connection, shop.id, [("variant", "cup")])
        marks.postpone(connection, shop.id, "variant", marks.take(connection, shop.id, "variant", 10))
    assert SAID not in desk.get("/").text
