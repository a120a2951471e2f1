"""Tokens at rest can be opened with the right SECRET_KEY and no other."""

import pytest

from app.seal import Seal, SealBroken

SECRET = "a secret of the tests, long enough for them"


def test_what_is_closed_can_be_opened_again() -> None:
    assert Seal(SECRET).open(Seal(SECRET).close("a token é")) == "a token é"


def test_the_token_does_not_show() -> None:
    assert "token" not in Seal(SECRET).close("token")


def test_the_same_token_is_closed_differently_each_time() -> None:
    assert Seal(SECRET).close("token") != Seal(SECRET).close("token")


def test_another_secret_key_does_not_open_it_and_says_so() -> None:
    with pytest.raises(SealBroken, match="another SECRET_KEY"):
        Seal(SECRET[::-1]).open(Seal(SECRET).close("token"))


def test_what_is_closed_names_the_key_and_keys_have_names_of_their_own() -> None:
    assert Seal(SECRET).close("token").startswith(f"{Seal(SECRET).name}.")
    assert Seal(SECRET).name != Seal(SECRET[::-1]).name


@pytest.mark.parametrize("damage", [lambda text: text[:-6], lambda text: text[:-6] + "AAAAAA", lambda _text: ""])
def test_what_was_damaged_is_not_opened(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(SealBroken):
        Seal(SECRET).open(damage(Seal(SECRET).close("token")))
