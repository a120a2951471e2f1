"""Only who holds the shop's key can make us listen."""

import jwt
import pytest

from tests.webhooks.shop import access_token, private_key, segment, signed
from webhooks.signature import is_signed, key_id

BODY = b'{"order": {"id": "T3JkZXI6MQ=="}}'
KEY = private_key()
PUBLIC = KEY.public_key()


def test_a_signature_over_the_body_holds() -> None:
    signature = signed(BODY, KEY)
    assert key_id(signature) == "key-1"
    assert is_signed(signature, BODY, PUBLIC)


def test_one_byte_more_or_less_breaks_it() -> None:
    signature = signed(BODY, KEY)
    assert not is_signed(signature, BODY + b" ", PUBLIC)
    assert not is_signed(signature, BODY[:-1], PUBLIC)


def test_another_key_does_not_do() -> None:
    assert not is_signed(signed(BODY, private_key(1)), BODY, PUBLIC)


def test_a_shoppers_access_token_is_no_signature_though_the_same_key_made_it() -> None:
    token = access_token(KEY)
    assert key_id(token) is None
    header, _, made = token.split(".")
    assert key_id(f"{header}..{made}") is None


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"b64": True},
        {"crit": ["b64", "more"]},
        {"crit": []},
        {"kid": 7},
        {"kid": None},
    ],
)
def test_a_header_that_says_anything_else_names_no_key(header: dict[str, object]) -> None:
    said = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": "key-1"} | header
    assert key_id(f"{segment(said)}..c2lnbmF0dXJl") is None


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "...", "a..b", "not base64!..x", "é..x", f"{segment([])}..x", f"{segment(1)}..x", "." * 9000],
)
def test_what_is_no_signature_names_no_key(text: str) -> None:
    assert key_id(text) is None


def test_a_nest_of_brackets_names_no_key() -> None:
    nest = jwt.utils.base64url_encode(b"[" * 2900).decode()
    assert key_id(f"{nest}..x") is None


@pytest.mark.parametrize("made", ["", "A", "AAAA", "é", "!!!!", "A" * 3000])
def test_a_garbled_signature_does_not_hold(made: str) -> None:
    header, _, _ = signed(BODY, KEY).partition("..")
    assert not is_signed(f"{header}..{made}", BODY, PUBLIC)
