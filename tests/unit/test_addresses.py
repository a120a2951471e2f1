"""Which shops may register."""

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest

from app.addresses import NotAllowed, check
from app.config import Config

NAMES = {
    "shop.example": "93.184.215.14",
    "other.example": "93.184.215.15",
    "eu.shops.example": "93.184.215.16",
    "inside.example": "10.1.2.3",
    "both.example": "93.184.215.14 10.1.2.3",
    "mapped.example": "::ffff:10.1.2.3",
    "six.example": "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "linklocal.example": "169.254.169.254",
    "me.example": "127.0.0.1",
}


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name is asked of the network."""

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        try:
            found = [str(ipaddress.ip_address(host))]
        except ValueError:
            found = NAMES.get(host, "").split()
        if not found:
            raise socket.gaierror(f"no {host}")
        return [(0, 0, 0, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def config(folder: Path, allowed: str = "", development: str = "0") -> Config:
    said = {"DUEBACK_ALLOWED_SHOPS": allowed, "DUEBACK_DEVELOPMENT": development, "DUEBACK_DATA_DIR": str(folder)}
    return Config.from_env(said)


@pytest.mark.parametrize("host", ["shop.example", "six.example", "SHOP.example", "shop.example:8443"])
def test_any_public_shop_with_https_may_register(tmp_path: Path, host: str) -> None:
    check(config(tmp_path), f"https://{host}/graphql/")


@pytest.mark.parametrize(
    "host",
    [
        "inside.example",
        "both.example",
        "mapped.example",
        "linklocal.example",
        "me.example",
        "127.0.0.1",
        "[::1]",
        "10.0.0.1",
        "0.0.0.0",
        "[fd00::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_private_addresses_may_not(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotAllowed, match="private address"):
        check(config(tmp_path), f"https://{host}/graphql/")


def test_a_private_shop_that_is_written_out_may(tmp_path: Path) -> None:
    check(config(tmp_path, "inside.example"), "https://inside.example/graphql/")
    with pytest.raises(NotAllowed, match="private address"):
        check(config(tmp_path, "*.example"), "https://inside.example/graphql/")


def test_where_shops_are_listed_others_may_not(tmp_path: Path) -> None:
    listed = config(tmp_path, "shop.example, *.Shops.example")
    check(listed, "https://shop.example/graphql/")
    check(listed, "https://eu.shops.example/graphql/")
    with pytest.raises(NotAllowed, match="DUEBACK_ALLOWED_SHOPS"):
        check(listed, "https://other.example/graphql/")


def test_http_is_for_development_on_this_very_machine_only(tmp_path: Path) -> None:
    check(config(tmp_path, development="1"), "http://127.0.0.1:8000/graphql/")
    check(config(tmp_path, development="1"), "http://[::1]:8000/graphql/")
    for development, url in [("0", "http://127.0.0.1/"), ("0", "http://shop.example/"), ("1", "http://shop.example/")]:
        with pytest.raises(NotAllowed, match="https://"):
            check(config(tmp_path, development=development), url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "ftp://shop.example/",
        "https://",
        "https://user@shop.example/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://[shop/",
        "https://shop.example/\n",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(NotAllowed, match="Saleor-Api-Url"):
        check(config(tmp_path), url)


def test_a_name_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="cannot be found"):
        check(config(tmp_path), "https://nobody.example/graphql/")
