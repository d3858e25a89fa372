"""Agents: by themselves, in a container, and played ones that speak the real protocol with a real key."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nacl.signing

from components.protocol import enrolment_key, enrolment_proof, host_of
from tests.harness.hub import Hub
from tests.harness.process import REPOSITORY, Process, clean_environment
from tests.harness.wamp import WampClient, public_key


def make_code(hub: Hub, name: str = "host", *, seconds: float = 600.0) -> str:
    """An enrolment code of this hub, `id.secret`, that expires in `seconds`."""
    code = hub.django.run(
        "from django_app.admission import make_code\n"
        "code = make_code(name, by_id=None, now=time.time())\n"
        "EnrolmentCode.objects.filter(pk=code.pk).update(expires_at=time.time() + seconds)\n"
        "result = code.text",
        name=name,
        seconds=seconds,
    )
    return str(code)


def enrolment(code: str, key: nacl.signing.SigningKey) -> dict[str, str]:
    """What an agent shows for a code it holds."""
    code_id, _, secret = code.partition(".")
    return {"code": code_id, "proof": enrolment_proof(enrolment_key(secret), code_id, public_key(key))}


class AgentProcess:
    """A real agent with its own data directory, lock file and log. Start and stop it as often as you like."""

    def __init__(self, hub_url: str, name: str, *, code: str = "", **environment: str) -> None:
        self.name = name
        self.directory = Path(tempfile.mkdtemp(prefix="vedette-agent-", dir="/tmp"))
        self.data = self.directory / "data"
        self.lock = self.directory / "lock.json"
        self.environment = clean_environment(
            VEDETTE_HUB=hub_url,
            VEDETTE_HOST_NAME=name,
            VEDETTE_AGENT_DATA=str(self.data),
            VEDETTE_AGENT_LOCK=str(self.lock),
            **({"VEDETTE_ENROL_CODE": code} if code else {}),
            **environment,
        )
        self.prefix: list[str] = []
        """What stands before its command, such as a namespace to run in."""
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The process of the newest start."""
        assert self._process is not None, "the agent was not started"
        return self._process

    @property
    def command(self) -> list[str]:
        """What starts it."""
        raise NotImplementedError

    @property
    def working_directory(self) -> Path:
        """Where it starts."""
        raise NotImplementedError

    def start(self, *, text: str | None = None) -> AgentProcess:
        """Start it; `text` is its standard input."""
        self._process = Process(
            [*self.prefix, *self.command],
            directory=self.working_directory,
            environment=self.environment,
            log=self.directory / "agent.log",
            text=text,
        )
        return self

    def pin(self, **settings: float | bool) -> None:
        """Write the lock file."""
        self.lock.write_text(json.dumps({"pinned": settings}))

    def end(self) -> None:
        """Leave nothing behind. For finalizers."""
        if self._process:
            self._process.end()
        shutil.rmtree(self.directory, ignore_errors=True)


class LightAgent(AgentProcess):
    """`python -m components.agent`."""

    @property
    def command(self) -> list[str]:
        """As `vedette-agent`."""
        return [sys.executable, "-m", "components.agent"]

    @property
    def working_directory(self) -> Path:
        """The repository."""
        return REPOSITORY


class ContainerAgent(AgentProcess):
    """`crossbar start --cbdir .crossbar/agent`, with a copy of that node directory."""

    @property
    def command(self) -> list[str]:
        """A Crossbar.io node whose one container holds the agent."""
        node = self.directory / ".crossbar" / "agent"
        if not node.exists():
            node.mkdir(parents=True)
            shutil.copy(REPOSITORY / ".crossbar" / "agent" / "config.json", node)
            (self.directory / "components").symlink_to(REPOSITORY / "components")
        return [str(Path(sys.executable).with_name("crossbar")), "start", "--cbdir", ".crossbar/agent"]

    @property
    def working_directory(self) -> Path:
        """The directory that stands for a checkout."""
        return self.directory


class JavaScriptAgent(AgentProcess):
    """The example of the documentation."""

    @property
    def command(self) -> list[str]:
        """On Node.js, which make puts beside Python where the system has none."""
        return [shutil.which("node") or str(Path(sys.executable).with_name("node")), "docs/examples/agent.mjs"]

    @property
    def working_directory(self) -> Path:
        """The repository, whose `node_modules` it uses."""
        return REPOSITORY


class PlayedAgent:
    """An agent played by the test: real protocol, real key, and it does only what it is told."""

    def __init__(self, hub: Hub, name: str = "played", *, key: nacl.signing.SigningKey | None = None) -> None:
        self.hub = hub
        self.name = name
        self.key = key or nacl.signing.SigningKey.generate()
        self.run = secrets.token_hex(8)
        self.seq = 0
        self.sampled_at = 0.0
        self.client: WampClient
        self.host_id = ""

    def enrol(self, code: str | None = None) -> PlayedAgent:
        """Join for the first time, with a code."""
        shown = enrolment(code or make_code(self.hub, self.name), self.key)
        self.client = self.hub.websocket()  # only now: without a session it would not be kept for long
        self.client.join_key(self.key, name=self.name, run=self.run, enrol=shown)
        return self._joined()

    def join(self) -> PlayedAgent:
        """Join again, on a new connection."""
        self.client = self.hub.websocket()
        self.client.join_key(self.key, name=self.name, run=self.run)
        return self._joined()

    def _joined(self) -> PlayedAgent:
        self.host_id = host_of(self.client.authid) or ""
        assert self.host_id, self.client.authid
        return self

    def listen(self) -> PlayedAgent:
        """Subscribe to the settings meant for this host."""
        self.client.subscribe("vedette.agent.on_config")
        return self

    def obey(self) -> dict[str, Any]:
        """Ask for the settings and report them applied; the settings."""
        settings: dict[str, Any] = self.client.call("vedette.agent.get_config")
        self.report(settings)
        return settings

    def offered(self, revision: int = 1) -> dict[str, Any]:
        """The next settings of at least this revision that are pushed to it. Older ones come again if their outcome was stored late."""
        payload: dict[str, Any] = self.client.event().payload
        return payload if payload["revision"] >= revision else self.offered(revision)

    def report(self, settings: dict[str, Any], status: str = "applied", **more: Any) -> None:
        """Report an outcome of these settings."""
        outcome = {
            "epoch": settings["epoch"],
            "revision": settings["revision"],
            "status": status,
            "error": "",
            "locked": {},
            "at": time.time(),
        }
        self.client.call("vedette.agent.report_config", {**outcome, **more})

    def sample(self, metrics: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """A sample, the next of this run."""
        self.seq += 1
        self.sampled_at = time.time()
        sample = {"run": self.run, "seq": self.seq, "at": self.sampled_at, "revision": 1, "failed": {}}
        return {**sample, "metrics": {"load_1m": 0.5} if metrics is None else metrics, **more}

    def publish(self, metrics: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Publish a sample; what was sent."""
        sample = self.sample(metrics, **more)
        self.client.publish("vedette.agent.on_sample", sample)
        return sample
