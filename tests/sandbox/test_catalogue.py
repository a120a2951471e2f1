"""Categories and collections: what a variant belongs to, and finding them by their slugs."""

from typing import Any

import pytest

from app.platforms.saleor import Saleor
from sandbox import Server
from tests.sandbox.desk import Desk

PRODUCT = "query($id: ID!) { productVariant(id: $id) { product { id } } }"


def category(desk: Desk, name: str, parent: str | None = None) -> str:
    above = {"parent": parent} if parent else {}
    return str(desk.do("categoryCreate", "category { id }", input={"name": name}, **above)["category"]["id"])


def collection(desk: Desk, name: str, *products: str) -> str:
    asked = {"name": name, "products": list(products)}
    return str(desk.do("collectionCreate", "collection { id }", input=asked)["collection"]["id"])


def product_of(desk: Desk, variant: str) -> str:
    return str(desk.ask(PRODUCT, id=variant)["product"]["id"])


def put_into(desk: Desk, variant: str, **where: Any) -> None:
    desk.do("productUpdate", id=product_of(desk, variant), input=where)


@pytest.fixture
def saleor(server: Server, desk: Desk) -> Saleor:
    return Saleor(f"{server.origin}/graphql/", desk.staff)


def test_a_variant_shows_its_category_with_all_above_it(desk: Desk, saleor: Saleor) -> None:
    variant = desk.variant(desk.channel(desk.warehouse()))
    tree = [category(desk, "Level 0")]
    for level in range(1, 9):
        tree.append(category(desk, f"Level {level}", tree[-1]))
    put_into(desk, variant, category=tree[-1])
    (seen,) = saleor.variants([variant])
    assert seen.category_ids == tuple(reversed(tree))


def test_deleting_a_category_deletes_those_below_and_keeps_the_products(desk: Desk, saleor: Saleor) -> None:
    variant = desk.variant(desk.channel(desk.warehouse()))
    home = category(desk, "Home")
    put_into(desk, variant, category=category(desk, "Kitchen", home))
    desk.do("categoryDelete", id=home)
    (seen,) = saleor.variants([variant])
    assert seen.category_ids == ()
    assert saleor.ids_by_slug("category", ["home", "kitchen"]) == {}


def test_a_variant_is_in_a_collection_until_that_is_deleted(desk: Desk, saleor: Saleor) -> None:
    variant = desk.variant(desk.channel(desk.warehouse()))
    sale = collection(desk, "Sale", product_of(desk, variant))
    assert [seen.collection_ids for seen in saleor.variants([variant])] == [(sale,)]
    desk.do("collectionDelete", id=sale)
    assert [seen.collection_ids for seen in saleor.variants([variant])] == [()]


def test_everything_a_rule_can_name_is_found_by_its_slug(desk: Desk, saleor: Saleor) -> None:
    variant = desk.variant(desk.channel(desk.warehouse()))
    (seen,) = saleor.variants([variant])
    home, sale = category(desk, "Home"), collection(desk, "Sale")
    slug = seen.product_name
    assert saleor.ids_by_slug("category", ["home", "gone"]) == {"home": home}
    assert saleor.ids_by_slug("collection", ["sale", "gone"]) == {"sale": sale}
    assert saleor.ids_by_slug("product", [slug, "gone"]) == {slug: seen.product_id}
    assert saleor.ids_by_slug("product_type", [slug, "gone"]) == {slug: seen.product_type_id}
