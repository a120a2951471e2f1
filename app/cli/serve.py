"""Running the app: the web process, the worker, or both."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app import logs, migrate, tasks
from app.config import Config
from app.db import database_url, open_engine
from app.runtime import Runtime, collect_seldom

STOP_SECONDS = 20
WORKER_CONNECTIONS = 8


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to what this version needs."""
    _migrate(database_url(Config.from_env(os.environ)))
    click.echo("The database is up to date.")


@click.command()
def web() -> None:
    """Serve the web side: webhooks, registration, health. Any number may run."""
    config = Config.from_env(os.environ)
    logs.set_up(config.log_level)
    # The processes that granian starts read the same environment: an embedded database is started once, here.
    os.environ["DATABASE_URL"] = database_url(config)
    os.environ["SECRET_KEY"] = config.secret_key
    Granian(
        "webhooks:application",
        factory=True,
        address="0.0.0.0",  # noqa: S104 - it stands behind the shop's own proxy or platform router
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.web_processes,
        blocking_threads=32,
        backlog=1024,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()


@click.command()
@click.option("--concurrency", default=4, show_default=True, help="How many shops are worked on at the same time.")
def worker(concurrency: int) -> None:
    """Do the work: plan, write, sweep. Any number may run."""
    collect_seldom()
    config = Config.from_env(os.environ)
    logs.set_up(config.log_level)
    url = database_url(config)
    engine = open_engine(url, pool_size=WORKER_CONNECTIONS)
    tasks.run_worker(Runtime(config, engine), url, concurrency=concurrency)


@click.command()
def serve() -> None:
    """Run everything in one place: database (embedded unless DATABASE_URL is set), migrations, web and worker."""
    config = Config.from_env(os.environ)
    url = database_url(config)
    _migrate(url)
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": config.secret_key}
    processes = [_start(command, environment) for command in ("web", "worker")]
    click.echo(f"Dueback runs at {config.app_url}. Install it with the manifest {config.app_url}/api/manifest")
    sys.exit(_watch(processes))


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def _start(command: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "app.cli", command], env=environment)  # noqa: S603 - ourselves


def _watch(processes: list[subprocess.Popen[bytes]]) -> int:
    """Wait until told to stop or until one of them ends, then stop them all. Returns the exit code."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        pid, status = os.wait()
    except KeyboardInterrupt:
        code = 0
    else:
        code = os.waitstatus_to_exitcode(status) or 1
        click.echo(f"Process {pid} ended; stopping the rest.", err=True)
    for process in processes:
        process.terminate()
    for process in processes:
        _wait_or_kill(process)
    return code


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
