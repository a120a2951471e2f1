"""How requests are answered: limits, pages, tokens, permissions."""

import pytest
import time_machine

from sandbox import fill, seed
from tests.sandbox.desk import ANYBODY, Answered, Desk


def test_five_mutations_in_one_request_are_refused(desk: Desk) -> None:
    write = 'm{}: updateMetadata(id: "x", input: []) {{ errors {{ code }} }}'
    five = "mutation {" + " ".join(write.format(n) for n in range(5)) + "}"
    answer = desk.post(five)
    assert answer.status_code == 400
    assert desk.error(five) == ("Number of mutations exceed the limit of 4", "GraphQLError")
    assert "data" not in answer.json()
    assert desk.post("mutation {" + " ".join(write.format(n) for n in range(4)) + "}").status_code == 200


def test_more_than_a_hundred_aliases_are_refused(desk: Desk) -> None:
    answer = "{ shop { " + " ".join(f"n{n}: name" for n in range(101)) + " } }"
    assert desk.error(answer) == ("Number of aliases exceed the limit of 100", "GraphQLError")


def test_pages_hold_a_hundred_at_most_and_must_be_asked_for(desk: Desk) -> None:
    query = "{ productVariants(first: 101) { totalCount } }"
    message = "Requesting 101 records on the `productVariants` connection exceeds the `first` limit of 100 records."
    assert desk.error(query) == (message, "GraphQLError")
    assert desk.post(query).json()["data"] == {"productVariants": None}
    assert desk.ask("{ productVariants { totalCount } }") == {"totalCount": 0}
    assert desk.error("{ productVariants { edges { node { id } } } }")[0].startswith(
        "You must provide a `first` or `last` value"
    )


def test_pages_follow_each_other_without_gap_or_overlap(desk: Desk) -> None:
    fill(desk.shop, variants=250, warehouses=1)
    query = (
        "query($a: String) { productVariants(first: 100, after: $a) "
        "{ totalCount pageInfo { hasNextPage endCursor } edges { node { sku } } } }"
    )
    seen: list[str] = []
    cursor, more = None, True
    while more:
        page = desk.ask(query, a=cursor)
        assert page["totalCount"] == 250
        seen += [edge["node"]["sku"] for edge in page["edges"]]
        cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == [f"BULK-{n:05}" for n in range(250)]


def test_orders_come_newest_first_and_can_be_asked_for_by_time_of_change(desk: Desk) -> None:
    fill(desk.shop, variants=5, warehouses=1, orders=5)
    query = (
        "query($w: OrderWhereInput, $a: String) { orders(first: 2, after: $a, where: $w) "
        "{ pageInfo { endCursor } edges { node { id number } } } }"
    )
    first = desk.ask(query, w=None)
    second = desk.ask(query, w=None, a=first["pageInfo"]["endCursor"])
    numbers = [int(edge["node"]["number"]) for page in (first, second) for edge in page["edges"]]
    assert numbers == [5, 4, 3, 2]
    since = desk.shop.now().isoformat()
    changed = first["edges"][1]["node"]["id"]
    desk.cancel(changed)
    found = desk.ask(query, w={"updatedAt": {"gte": since}})["edges"]
    assert [edge["node"]["id"] for edge in found] == [changed]
    assert desk.ask(query, w={"status": {"eq": "CANCELED"}})["edges"] == found
    assert desk.ask(query, w={"ids": [changed]})["edges"] == found


def test_documents_that_are_none_are_answered_with_400(desk: Desk) -> None:
    assert desk.post("{ shop { nmae } }").status_code == 400
    assert desk.post("").json()["errors"][0]["message"] == "Must provide a query string."
    assert desk.http.post("/graphql/", content=b"nonsense").json()["errors"][0]["message"] == "Unable to parse query."
    assert desk.http.post("/graphql/", json=[{"query": "{ __typename }"}] * 2).status_code == 400
    big = {"query": "{ __typename }", "variables": {"x": "y" * 2_700_000}}
    assert desk.http.post("/graphql/", json=big).status_code == 413


def test_anybody_reads_the_shop_but_its_version_needs_a_token(desk: Desk) -> None:
    assert desk.ask("{ shop { name } }", ANYBODY)["name"]
    wanted = "AUTHENTICATED_STAFF_USER, AUTHENTICATED_APP"
    message = f"To access this path, you need one of the following permissions: {wanted}"
    assert desk.error("{ shop { version } }", ANYBODY) == (message, "PermissionDenied")
    assert desk.ask("{ shop { version } }")["version"] == "3.23.28"


def test_a_token_nobody_has_is_as_good_as_none(desk: Desk) -> None:
    for token in ("", "abcdefghijklmnopqrstuvwxyz0123"):
        message = "To access this path, you need one of the following permissions: MANAGE_ORDERS"
        assert desk.error("{ orders(first: 1) { totalCount } }", token) == (message, "PermissionDenied")


def test_staff_tokens_live_five_minutes(desk: Desk) -> None:
    with time_machine.travel(desk.shop.now().timestamp() + 301, tick=True):
        error = desk.error("{ orders(first: 1) { totalCount } }")
    assert error == ("Signature has expired", "ExpiredSignatureError")


def test_a_wrong_password_is_no_login(desk: Desk) -> None:
    with pytest.raises(Answered) as refused:
        desk.do("tokenCreate", "token", ANYBODY, email="admin@example.com", password="x")
    assert refused.value.codes == ["INVALID_CREDENTIALS"]


def test_an_app_may_do_what_its_permissions_say_and_nothing_else(desk: Desk) -> None:
    reader = {"name": "Reader", "permissions": ["MANAGE_PRODUCTS"]}
    token = desk.do("appCreate", "authToken", input=reader)["authToken"]
    assert desk.ask("{ channels { id } }", token) == []
    assert desk.ask("{ warehouses(first: 1) { totalCount } }", token) == {"totalCount": 0}
    for refused in ("{ orders(first: 1) { totalCount } }", "{ shop { reserveStockDurationAnonymousUser } }"):
        assert desk.error(refused, token)[1] == "PermissionDenied"
    write = 'mutation { shopSettingsUpdate(input: {name: "Mine"}) { errors { code } } }'
    assert desk.error(write, token)[1] == "PermissionDenied"


def test_metadata_needs_the_permission_of_what_it_is_on(desk: Desk) -> None:
    fill(desk.shop, variants=1, warehouses=1)
    variant = "UHJvZHVjdFZhcmlhbnQ6MQ=="
    with pytest.raises(Answered) as refused:
        desk.write(variant, ANYBODY, a="1")
    assert refused.value.codes == ["PermissionDenied"]
    desk.write(variant, a="1")
    read = """query($id: ID!) { productVariant(id: $id) {
        metafield(key: "a") metafields(keys: ["a", "b"]) metadata { key } } }"""
    assert desk.ask(read, id=variant) == {"metafield": "1", "metafields": {"a": "1"}, "metadata": [{"key": "a"}]}
    desk.do("deleteMetadata", id=variant, keys=["a"])
    assert desk.ask(read, id=variant)["metadata"] == []


def test_a_hundred_variants_with_stocks_and_metadata_come_in_one_page(desk: Desk) -> None:
    fill(desk.shop, variants=100, warehouses=2)
    query = (
        "{ productVariants(first: 100) { edges { node { id sku metadata { key value } product { id name } "
        "stocks { quantity quantityAllocated warehouse { id } } } } } }"
    )
    rows = desk.ask(query)["edges"]
    assert len(rows) == 100
    assert all(len(row["node"]["stocks"]) == 2 for row in rows)


def test_every_answer_says_what_it_cost_and_too_dear_a_query_is_refused(desk: Desk) -> None:
    query = "{ productVariants(first: 100) { edges { node { id product { category { id } } } } } }"
    assert desk.post(query).json()["extensions"] == {"cost": {"requestedQueryCost": 300, "maximumAvailable": 50000}}
    deep = "{ products(first: 100) { edges { node { productVariants(first: 100) { edges { node { product { category "
    deep += "{ id } channelListings { id } collections { id } productType { id } } } } } } } } }"
    answer = desk.post(deep)
    assert answer.status_code == 400
    message, code = desk.error(deep)
    assert (message, code) == ("The query exceeds the maximum cost of 50000. Actual cost is 60100", "QueryCostError")
    assert "data" not in answer.json()


def test_ids_of_another_type_find_nothing_and_ids_that_are_none_are_an_error(desk: Desk) -> None:
    assert desk.ask('{ order(id: "UHJvZHVjdDox") { id } }') is None
    assert desk.error('{ order(id: "nonsense") { id } }')[0] == "Invalid ID: nonsense. Expected: Order."
    with pytest.raises(Answered, match="Expected: Order, received: Product") as refused:
        desk.cancel("UHJvZHVjdDox")
    assert refused.value.codes == ["GRAPHQL_ERROR"]


def test_a_shopper_must_name_a_channel_where_there_are_several(desk: Desk) -> None:
    seed(desk.shop)
    query = "query($c: String) { productVariants(first: 1, channel: $c) { totalCount } }"
    message = "More than one channel exists. Specify which channel to use."
    assert desk.error(query, ANYBODY) == (message, "GraphQLError")
    assert desk.ask(query, ANYBODY, c="outlet") == {"totalCount": 17}
