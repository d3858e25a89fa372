"""What an agent is told at start, all of it by environment. A bad value stops the start, by name."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from components.agent.identity import EnrolmentCode, parse_code
from components.checking import printable
from components.protocol import MAX_HOST_NAME_CHARACTERS

DEFAULT_HUB = "ws://127.0.0.1:8080/ws"
DEFAULT_LOCK = Path("/etc/vedette/lock.json")


class BadSetting(Exception):
    """An environment variable is unusable; the text names it, its value and the remedy."""


@dataclass(frozen=True)
class AgentEnvironment:
    """Where the hub is, where this agent keeps its key, and what it calls itself."""

    hub: str
    data: Path
    name: str
    lock: Path
    code: EnrolmentCode | None = None


def host_name(environ: Mapping[str, str] = os.environ) -> str:
    """The name this machine proposes for itself."""
    return printable(environ.get("VEDETTE_HOST_NAME") or socket.gethostname(), MAX_HOST_NAME_CHARACTERS) or "unnamed"


def read_environment(environ: Mapping[str, str] = os.environ, *, data: Path | None = None, hub: str | None = None) -> AgentEnvironment:
    """The agent's environment; `data` and `hub` are given for the hub's own agent. BadSetting names what is wrong."""
    return AgentEnvironment(
        hub=hub or check_hub(environ.get("VEDETTE_HUB") or DEFAULT_HUB),
        data=data or Path(environ.get("VEDETTE_AGENT_DATA") or default_data(environ)),
        name=host_name(environ),
        lock=Path(environ.get("VEDETTE_AGENT_LOCK") or DEFAULT_LOCK),
        code=read_code(environ) if data is None else None,
    )


def check_hub(url: str) -> str:
    """`url` if it is a WebSocket address."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadSetting(f"VEDETTE_HUB is {url!r}; it must be the hub's address such as wss://hub.example.com/ws")
    return url


def read_code(environ: Mapping[str, str]) -> EnrolmentCode | None:
    """The enrolment code from VEDETTE_ENROL_CODE, or the first line of the file VEDETTE_ENROL_CODE_FILE names (`-`: standard input)."""
    text, source = environ.get("VEDETTE_ENROL_CODE", ""), "VEDETTE_ENROL_CODE"
    file = environ.get("VEDETTE_ENROL_CODE_FILE", "")
    if file and text:
        raise BadSetting(f"VEDETTE_ENROL_CODE_FILE is {file!r}, and VEDETTE_ENROL_CODE is set too; set one of them")
    if file:
        source = f"VEDETTE_ENROL_CODE_FILE ({file})"
        try:
            text = sys.stdin.readline() if file == "-" else Path(file).read_text().partition("\n")[0]
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"{source} cannot be read: {error}") from None
    if not text.strip():
        return None
    try:
        return parse_code(text.strip())
    except ValueError:  # never repeat the value: it is a secret
        raise BadSetting(f"{source} holds no enrolment code; it looks like id.secret, as manage.py addhost prints it") from None


def default_data(environ: Mapping[str, str]) -> Path:
    """Where an agent keeps its key when nobody says: root under /var/lib, others where their platform keeps such things."""
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home()) / "vedette-agent"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "vedette-agent"
    if os.geteuid() == 0:
        return Path("/var/lib/vedette-agent")
    return Path(environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "vedette-agent"
