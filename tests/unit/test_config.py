"""Settings: what may be left out, and what is refused at the start."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.config import BadSetting, Config

SECRET = "a secret of the tests, long enough for them"


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    """The least a test must set: a folder to keep things in."""
    return {"DUEBACK_DATA_DIR": str(tmp_path)}


def test_nothing_has_to_be_set(given: dict[str, str], tmp_path: Path) -> None:
    config = Config.from_env(given)
    assert (config.database_url, config.port, config.app_url) == (None, 8080, "http://127.0.0.1:8080")
    assert (config.allowed_shops, config.development, config.web_processes) == ((), False, 1)
    assert config.data_dir == tmp_path


def test_what_is_set_empty_counts_as_not_set(given: dict[str, str]) -> None:
    names = ("DATABASE_URL", "APP_URL", "SECRET_KEY", "PORT", "DUEBACK_ALLOWED_SHOPS", "DUEBACK_DEVELOPMENT")
    assert Config.from_env(given | dict.fromkeys(names, "")) == Config.from_env(given)


def test_the_apps_address_follows_the_port(given: dict[str, str]) -> None:
    assert Config.from_env(given | {"PORT": "9000"}).app_url == "http://127.0.0.1:9000"


def test_an_address_may_end_in_a_slash(given: dict[str, str]) -> None:
    assert Config.from_env(given | {"APP_URL": "https://dueback.example/"}).app_url == "https://dueback.example"


@pytest.mark.parametrize("text", ["a.example b.example", "a.example,b.example", " a.example ,\n b.example "])
def test_shops_are_listed_with_commas_or_spaces(given: dict[str, str], text: str) -> None:
    assert Config.from_env(given | {"DUEBACK_ALLOWED_SHOPS": text}).allowed_shops == ("a.example", "b.example")


def test_without_a_secret_one_is_made_and_kept_for_its_owner_alone(given: dict[str, str], tmp_path: Path) -> None:
    first, second = Config.from_env(given), Config.from_env(given)
    assert len(first.secret_key) >= 32
    assert first.secret_key == second.secret_key
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(given: dict[str, str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: Config.from_env(given).secret_key, range(16)))
    assert len(secrets) == 1


def test_a_database_of_ones_own_needs_a_secret_of_ones_own(given: dict[str, str]) -> None:
    database = {"DATABASE_URL": "postgresql://postgres@127.0.0.1/dueback"}
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        Config.from_env(given | database)
    assert Config.from_env(given | database | {"SECRET_KEY": SECRET}).secret_key == SECRET


@pytest.mark.parametrize(
    "name, value",
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("SANDBOX_PORT", "1.5"),
        ("DUEBACK_WEB_PROCESSES", "0"),
        ("DUEBACK_SWEEP_MINUTES", "1441"),
        ("DUEBACK_DEVELOPMENT", "yes"),
        ("DUEBACK_LOG_LEVEL", "loud"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://127.0.0.1/dueback"),
        ("APP_URL", "dueback.example"),
        ("APP_URL", "https://"),
        ("APP_URL", "https://dueback.example/?page=1"),
        ("APP_URL", "http://dueback.example"),
    ],
)
def test_nonsense_is_refused_with_the_name_of_the_setting(given: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Config.from_env(given | {name: value})


def test_in_development_the_app_may_be_reached_without_https(given: dict[str, str]) -> None:
    development = {"APP_URL": "http://dueback.test", "DUEBACK_DEVELOPMENT": "1"}
    assert Config.from_env(given | development).app_url == "http://dueback.test"
