"""A shop's key set is fetched with bounds, and only RSA keys of a fair size are taken from it."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from app import jwks
from tests.app.saleor import Answer, FakeSaleor
from tests.webhooks.shop import private_key


def jwk(**changed: Any) -> dict[str, Any]:
    return RSAAlgorithm.to_jwk(private_key().public_key(), as_dict=True) | {"kid": "key-1"} | changed


def test_the_key_set_stands_beside_the_api() -> None:
    assert jwks.address("https://shop.example/graphql/") == "https://shop.example/.well-known/jwks.json"
    assert jwks.address("http://127.0.0.1:8000/graphql/") == "http://127.0.0.1:8000/.well-known/jwks.json"


def test_what_is_fetched_holds_the_shops_key(saleor: FakeSaleor) -> None:
    found = jwks.public_keys(jwks.fetch(saleor.url))
    assert found["key-1"].public_numbers() == private_key().public_key().public_numbers()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"{}", status=500),
        Answer(b"{}", status=404),
        Answer(b"not json"),
        Answer(b"[" * 5000),
        Answer(b"null"),
        Answer(b'{"keys": {}}'),
        Answer(b'{"keys": [1, "x", null, {}]}'),
        Answer(json.dumps({"keys": [jwk()], "more": "x" * jwks.MOST_BYTES}).encode()),
    ],
)
def test_any_other_answer_is_no_key_set(saleor: FakeSaleor, answer: Answer) -> None:
    saleor.keys = answer
    with pytest.raises(jwks.BadKeys, match=r"\.$"):
        jwks.fetch(saleor.url)


def test_redirects_are_not_followed(saleor: FakeSaleor) -> None:
    saleor.keys = Answer(json.dumps(saleor.signing.jwks).encode(), 302, {"Location": "/.well-known/jwks.json"})
    with pytest.raises(jwks.BadKeys):
        jwks.fetch(saleor.url)
    assert saleor.asked_for_keys == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/graphql/", "http://[broken/graphql/", "ftp://shop.example/"])
def test_a_shop_out_of_reach_has_no_key_set(url: str) -> None:
    with pytest.raises((jwks.BadKeys, ValueError)):
        jwks.fetch(url)


@pytest.mark.parametrize(
    "key", [jwk(kty="EC"), jwk(kid=7), jwk(n=None), jwk(n="!"), jwk(e=""), {"kty": "RSA", "kid": "key-1"}]
)
def test_what_is_no_rsa_key_is_left_out(key: dict[str, Any]) -> None:
    assert jwks.public_keys({"keys": [key]}) == {}


def test_a_key_too_small_to_trust_is_left_out() -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    assert jwks.public_keys({"keys": [RSAAlgorithm.to_jwk(small, as_dict=True) | {"kid": "small"}]}) == {}


def test_good_keys_are_taken_from_among_bad_ones() -> None:
    assert set(jwks.public_keys({"keys": [jwk(kty="EC"), jwk(), jwk(kid="key-2")]})) == {"key-1", "key-2"}
