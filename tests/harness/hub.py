"""A whole hub, as `crossbar start` runs it, in a temporary node directory on free ports."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.harness import postgresql, prepared
from tests.harness.django import DjangoShell
from tests.harness.eventually import eventually
from tests.harness.node import ConfigEdit, transports
from tests.harness.ports import free_ports
from tests.harness.process import REPOSITORY, Process, clean_environment
from tests.harness.transports import ANSWER_SECONDS, UnixTransport, WebSocketTransport
from tests.harness.wamp import WampClient
from tests.harness.web import UnixConnection, WebUser

PASSWORD = "correct horse battery staple"
READY_SECONDS = 180.0
"""An idle machine needs ten; one that does much else needs patience."""
CODE = ("components", "django_project", "django_app", "static", "node_modules", "manage.py", "tests", "pyproject.toml")
_MAKE_VIEWER = "User.objects.filter(username=name).exists() or User.objects.create_user(name, password=password)"


class Hub:
    """One hub: its directory, its configuration, its processes. Start and stop it as often as you like; the data stays."""

    def __init__(
        self, *, password: str | None = PASSWORD, edit: ConfigEdit | None = None, arguments: Sequence[str] = (), **environment: str
    ) -> None:
        """`password` of the first operator, None to let the hub make one up; `edit` changes the node configuration; `arguments` are those
        of `crossbar start`.
        """
        # directly below /tmp: the path of a unix socket must stay below 100 bytes
        self.directory = Path(tempfile.mkdtemp(prefix="vedette-", dir="/tmp"))
        self.node = self.directory / ".crossbar"
        self.data = self.directory / "data"
        self.port, self.django_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.websocket_url = f"ws://127.0.0.1:{self.port}/ws"
        self.arguments = list(arguments)
        self.environment = clean_environment(
            CROSSBAR_DIR=str(self.node),
            VEDETTE_DATA=str(self.data),
            VEDETTE_PUBLIC_URL=self.url,
            VEDETTE_HOST_NAME="hub-itself",
            VEDETTE_AGENT_LOCK=str(self.directory / "lock.json"),
            DJANGO_SETTINGS_MODULE="django_project.settings",
            **({"VEDETTE_ADMIN_PASSWORD": password} if password else {}),
        )
        if server := os.environ.get(postgresql.VARIABLE):
            self.environment["DATABASE_URL"] = postgresql.made(server)
        self.environment |= environment
        self._process: Process | None = None
        self._django: DjangoShell | None = None
        self._clients: list[WampClient] = []
        self._admin: WebUser | None = None
        self._lay_out(edit)
        if password:
            prepared.lay_out(self.node, None if "DATABASE_URL" in self.environment else self.data)

    def _lay_out(self, edit: ConfigEdit | None) -> None:
        for name in CODE:
            (self.directory / name).symlink_to(REPOSITORY / name)
        config = json.loads((REPOSITORY / ".crossbar" / "config.json").read_text())
        for transport in transports(config):
            if transport["id"] == "public":
                transport["endpoint"]["port"] = self.port
                transport["paths"]["/"]["extra"]["port"] = self.django_port
            elif transport["id"] == "django":
                transport["endpoint"]["port"] = self.django_port
        if edit:
            edit(config)
        self._whole = {"router", "django", "services"} <= {worker["id"] for worker in config["workers"]}
        self._worker_ids = [worker["id"] for worker in config["workers"]]
        self.node.mkdir()
        (self.node / "config.json").write_text(json.dumps(config, indent=2))

    # --- life -----------------------------------------------------------------------------------------------------------------------

    @property
    def process(self) -> Process:
        """The node's controller."""
        assert self._process is not None, "the hub was not started"
        return self._process

    @property
    def was_started(self) -> bool:
        """Whether there is any output."""
        return self._process is not None

    def launch(self) -> Hub:
        """`crossbar start`, without waiting."""
        if self._process:
            self._process.end()
        self._admin = None
        crossbar = Path(sys.executable).with_name("crossbar")
        self._process = Process(
            [str(crossbar), "start", *self.arguments],
            directory=self.directory,
            environment=self.environment,
            log=self.directory / "hub.log",
        )
        return self

    def start(self) -> Hub:
        """`crossbar start`, and wait until all of it answers."""
        return self.launch().wait_ready()

    def wait_ready(self, seconds: float = READY_SECONDS) -> Hub:
        """Wait until all workers are started and, if Django is among them, `/healthz` says 200. A node that is stopped before has exit
        code 1.
        """
        eventually(self._ready_or_dead, "the hub is ready", seconds=seconds, explain=self.tail)
        return self

    def _ready_or_dead(self) -> bool:
        if self.process.exit_code is not None:
            raise AssertionError(f"the hub ended with exit code {self.process.exit_code}\n{self.tail()}")
        return "NODE_BOOT_COMPLETE" in self.process.output_of_this_start() and (not self._whole or self.is_healthy())

    def is_healthy(self) -> bool:
        """Whether `/healthz` says 200."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> int:
        """Stop as Ctrl-C does; the exit code."""
        return self.process.stop()

    def end(self) -> None:
        """Leave nothing behind: no process, no file, no open session. For finalizers."""
        for client in self._clients:
            client.drop()
        if self._django:
            self._django.end()
        if self._process:
            self._process.end()
        shutil.rmtree(self.directory, ignore_errors=True)

    def output(self) -> str:
        """All that the node has written, of all its starts."""
        return self.process.output()

    def tail(self) -> str:
        """The end of the node's output, for a failure message."""
        return self.process.tail()

    # --- its processes --------------------------------------------------------------------------------------------------------------

    def workers(self) -> dict[str, int]:
        """The process id of each worker that was started, by its id in the node configuration; they start in that order."""
        processes = sorted(self.process.children(), key=lambda process: process.create_time())
        return dict(zip(self._worker_ids, (process.pid for process in processes), strict=False))

    @contextmanager
    def frozen(self, worker: str) -> Iterator[None]:
        """The worker is stopped (SIGSTOP) meanwhile."""
        process = psutil.Process(self.workers()[worker])
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    # --- its data -------------------------------------------------------------------------------------------------------------------

    def manage(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` in the hub's environment."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.directory,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
            check=False,
        )

    @property
    def django(self) -> DjangoShell:
        """Python with the hub's Django, in a process of its own."""
        if self._django is None:
            self._django = DjangoShell(self.directory, self.environment)
        return self._django

    def forget_django(self) -> None:
        """End that process, for who replaces the database."""
        if self._django:
            self._django.end()
            self._django = None

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """One statement straight on the hub's database, past every check of Django's; `?` stands for a value."""
        if url := self.environment.get("DATABASE_URL"):
            return postgresql.execute(url, statement, values)
        database = sqlite3.connect(self.data / "vedette.sqlite3", timeout=ANSWER_SECONDS)
        try:
            with database:
                return database.execute(statement, values).fetchall()
        finally:
            database.close()

    # --- ways in --------------------------------------------------------------------------------------------------------------------

    @property
    def admin(self) -> WebUser:
        """The first operator's browser, logged in once for each start of the hub."""
        if self._admin is None:
            self._admin = self.web()
        return self._admin

    def web(self, username: str | None = "admin", password: str = PASSWORD) -> WebUser:
        """Somebody at a web browser, logged in through the form unless `username` is None."""
        user = WebUser(self.url)
        if username:
            user.log_in(username, password)
        return user

    def viewing(self, username: str) -> WebUser:
        """Somebody of this name who may look and nothing else, logged in; made if there is nobody."""
        self.django.run(_MAKE_VIEWER, name=username, password=PASSWORD)
        return self.web(username, PASSWORD)

    def web_past_proxy(self) -> WebUser:
        """`admin` at Django's own port with the proxy's secret, for when the router does not run."""
        secret = (self.data / "proxy-secret").read_text().strip()
        headers = {"X-Vedette-Proxy": secret, "Host": f"127.0.0.1:{self.port}"}
        return WebUser(self.url, door=f"http://127.0.0.1:{self.django_port}", headers=headers).log_in("admin", PASSWORD)

    def websocket(self, **options: Any) -> WampClient:
        """A new connection to `/ws`, not joined."""
        return self._kept(WampClient(WebSocketTransport(self.websocket_url, **options)))

    def unix(self, name: str = "hub") -> WampClient:
        """A new connection to a unix socket of the node, not joined: `hub` makes it the services' own, `agent` gives it nothing."""
        return self._kept(WampClient(UnixTransport(self.node / "run" / f"{name}.sock")))

    def services(self) -> WampClient:
        """A session with the role `services`."""
        return self.unix().join_anonymous()

    def viewer(self, user: WebUser | None = None, **options: Any) -> WampClient:
        """A browser's session with the ticket of this user, the operator `admin` if none is given."""
        ticket = (user or self.admin).ticket()
        return self.websocket(serializer="json", origin=self.url, **options).join_ticket(ticket["ticket"], authid=ticket["authid"])

    def bridge(self, service: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST to the bridge as Django does: `publish` or `call`."""
        connection = UnixConnection(self.node / "run" / "bridge.sock")
        try:
            connection.request("POST", f"/{service}", json.dumps(body), {"Content-Type": "application/json"})
            result: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return result

    def _kept(self, client: WampClient) -> WampClient:
        self._clients.append(client)
        return client


@contextmanager
def running() -> Iterator[Hub]:
    """A whole hub, ended afterwards."""
    hub = Hub()
    try:
        hub.start()
        hub.django.run("")  # or who is just connecting when it is first needed would wait for its start, too long without a session
        yield hub
    finally:
        hub.end()
