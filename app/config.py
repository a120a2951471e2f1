"""The settings, read once from the environment. Nonsense is refused at the start, with the name of the variable."""

import contextlib
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SHORTEST_SECRET = 32


class BadSetting(ValueError):
    """A setting that cannot be meant. The message names the variable and says what it takes."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the environment says.

    `database_url` None means the embedded PostgreSQL under `data_dir`. `development` lets shops on loopback register
    and makes a missing secret a kept random one. Intervals are in minutes.
    """

    database_url: str | None
    app_url: str
    secret_key: str
    port: int
    sandbox_port: int
    allowed_shops: tuple[str, ...]
    data_dir: Path
    development: bool
    web_processes: int
    sweep_minutes: int
    log_level: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Config":
        """Read and check the settings. Raises BadSetting."""
        data_dir = Path(environ.get("DUEBACK_DATA_DIR") or "var").absolute()
        database_url = environ.get("DATABASE_URL") or None
        development = _flag(environ, "DUEBACK_DEVELOPMENT")
        port = _whole(environ, "PORT", 8080, at_least=1, at_most=65535)
        return cls(
            database_url=_database_url(database_url),
            app_url=_app_url(environ.get("APP_URL") or f"http://127.0.0.1:{port}", development=development),
            secret_key=_secret(environ.get("SECRET_KEY"), data_dir, may_keep=database_url is None),
            port=port,
            sandbox_port=_whole(environ, "SANDBOX_PORT", 8090, at_least=1, at_most=65535),
            allowed_shops=tuple(re.split(r"[\s,]+", environ.get("DUEBACK_ALLOWED_SHOPS", "").strip()))
            if environ.get("DUEBACK_ALLOWED_SHOPS", "").strip()
            else (),
            data_dir=data_dir,
            development=development,
            web_processes=_whole(environ, "DUEBACK_WEB_PROCESSES", 1, at_least=1, at_most=64),
            sweep_minutes=_whole(environ, "DUEBACK_SWEEP_MINUTES", 60, at_least=1, at_most=1440),
            log_level=_choice(environ, "DUEBACK_LOG_LEVEL", ("debug", "info", "warning", "error"), "info"),
        )


def _whole(environ: Mapping[str, str], name: str, default: int, *, at_least: int, at_most: int) -> int:
    text = environ.get(name) or str(default)
    if not re.fullmatch(r"\d{1,9}", text) or not at_least <= int(text) <= at_most:
        raise BadSetting(f"{name} must be a whole number from {at_least} to {at_most}, not {text!r}.")
    return int(text)


def _flag(environ: Mapping[str, str], name: str) -> bool:
    return _choice(environ, name, ("0", "1"), "0") == "1"


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    value = environ.get(name) or default
    if value not in choices:
        raise BadSetting(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def _database_url(url: str | None) -> str | None:
    if url is not None and urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise BadSetting("DATABASE_URL must begin with postgresql://. Leave it out for the embedded PostgreSQL.")
    return url


def _app_url(url: str, *, development: bool) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise BadSetting(
            f"APP_URL must be the address people reach the app at, such as https://dueback.example, not {url!r}."
        )
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme == "http" and not (development or local):
        raise BadSetting("APP_URL must begin with https:// outside development: shops send tokens to it.")
    return url.rstrip("/")


def _secret(secret: str | None, data_dir: Path, *, may_keep: bool) -> str:
    if secret:
        if len(secret) < SHORTEST_SECRET:
            raise BadSetting(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
        return secret
    if not may_keep:
        raise BadSetting(
            "SECRET_KEY is needed with DATABASE_URL: it opens the shops' tokens. Keep it as you keep the data."
        )
    return _kept_secret(data_dir / "secret_key")


def _kept_secret(path: Path) -> str:
    """One random secret per data folder, made on the first start; only its owner may read it.

    Processes that start together agree on one: it appears under its name complete, and only once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft, contextlib.suppress(FileExistsError):
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            path.hardlink_to(draft.name)
    return path.read_text().strip()
