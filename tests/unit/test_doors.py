"""The table of URIs, compared with everything that repeats it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from components import protocol
from components.protocol import DOORS, Door

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIG = json.loads((REPOSITORY / ".crossbar" / "config.json").read_text())
REALM = next(realm for worker in CONFIG["workers"] for realm in worker.get("realms", ()))
ROLES = {role["name"]: role["permissions"] for role in REALM["roles"]}
OPERATIONS = {"procedure": ("call", "register"), "topic": ("publish", "subscribe")}
URI = re.compile(r"vedette\.(?!error\b|error\.)[a-z_]+\.[a-z_]+")
SOURCES = [
    *(REPOSITORY / "components").rglob("*.py"),
    *(REPOSITORY / "django_app").rglob("*.py"),
    *(REPOSITORY / "django_app").rglob("*.html"),
    *(REPOSITORY / "django_project").rglob("*.py"),
    *(REPOSITORY / "static").rglob("*.js"),
]
TWINS = {REPOSITORY / "components" / "protocol.py", REPOSITORY / "static" / "js" / "protocol.js"}


def wanted(role: str) -> dict[str, set[str]]:
    """URI → operations, as the table has it for a role."""
    allowed: dict[str, set[str]] = {}
    for door in DOORS:
        send, receive = OPERATIONS[door.kind]
        for operation, roles in ((send, door.senders), (receive, door.receivers)):
            if role in roles:
                allowed.setdefault(door.uri, set()).add(operation)
    return allowed


def test_every_uri_of_the_module_is_in_the_table() -> None:
    """A constant without a row would be in nobody's contract."""
    constants = {value for name, value in vars(protocol).items() if name.isupper() and isinstance(value, str) and URI.fullmatch(value)}
    assert constants == {door.uri for door in DOORS}


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"services"}))
def test_a_role_may_exactly_what_the_table_says(role: str) -> None:
    """The node configuration grants every permission by exact URI, and no other."""
    granted = {}
    for permission in ROLES[role]:
        assert permission["match"] == "exact", permission
        granted[permission["uri"]] = {operation for operation, allow in permission["allow"].items() if allow}
    assert granted == wanted(role)


def test_services_may_everything_in_vedette_and_only_ask_the_router() -> None:
    """And the table has them on both sides of every door but where only the router's own answers are meant."""
    permissions = {permission["uri"]: permission for permission in ROLES["services"]}
    assert set(permissions) == {"vedette.", "wamp."}
    assert set(permissions["vedette."]["allow"].values()) == {True}
    assert {name for name, allow in permissions["wamp."]["allow"].items() if allow} == {"call", "subscribe"}


def test_the_roles_are_those_of_the_wire() -> None:
    """Neither a role that nobody has, nor one without a permission list."""
    assert set(ROLES) == {"agent", "viewer", "operator", "services", "bridge", "idle"}
    assert ROLES["idle"] == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_permission_is_cached(role: str) -> None:
    """Crossbar's cache is unbounded, and forgets whom it decided about."""
    assert all(permission["cache"] is False for permission in ROLES[role])


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.uri)
def test_who_sends_is_disclosed_to_who_answers(door: Door) -> None:
    """Identity is what the router authenticated, so every sender's permission discloses it."""
    disclosed = "caller" if door.kind == "procedure" else "publisher"
    for role in set(door.senders) - {"services"}:
        permission = next(permission for permission in ROLES[role] if permission["uri"] == door.uri)
        assert permission["disclose"][disclosed] is True


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.uri)
def test_no_uri_begins_another(door: Door) -> None:
    """Crossbar denies `a.get_config` where `a.` is a prefix permission and `a.get` an exact one."""
    assert [other.uri for other in DOORS if other.uri != door.uri and other.uri.startswith(door.uri)] == []


def test_the_javascript_twin_agrees() -> None:
    """Its constants have the names and the values of the Python ones, and the realm is the same."""
    constants = dict(re.findall(r'export const ([A-Z_]+) = "([^"]+)"', (REPOSITORY / "static" / "js" / "protocol.js").read_text()))
    assert constants
    for name, value in constants.items():
        assert getattr(protocol, name) == value
    browsers = {door.uri for door in DOORS if {"viewer", "operator"} & {*door.senders, *door.receivers}}
    assert {value for value in constants.values() if URI.fullmatch(value)} == browsers


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_uris_stand_nowhere_else(path: Path) -> None:
    """The wire is one module, and its JavaScript twin."""
    if path not in TWINS:
        known = {door.uri for door in DOORS}
        assert [literal for literal in re.findall(r"[\"'](vedette\.[a-z_.]+)[\"']", path.read_text()) if literal in known] == []


@pytest.mark.parametrize(
    ("topic", "naming"),
    [
        ("AGENT_ON_CONFIG", {"protocol.py", "session.py"}),
        ("AGENT_ON_QUERY", {"protocol.py", "session.py"}),
        ("HOST_ON_SAMPLE", {"protocol.py"}),
    ],
)
def test_one_function_publishes_to_those_it_is_for(topic: str, naming: set[str]) -> None:
    """An empty `eligible_authid` would reach everybody, so nothing but one function each names these topics, and who subscribes."""
    assert {path.name for path in SOURCES if path.suffix == ".py" and topic in path.read_text()} <= naming


def test_what_is_for_one_host_goes_to_one_host() -> None:
    """By its authid."""
    for event in (protocol.config_event({"host": "abcdefghijkl"}), protocol.query_event("abcdefghijkl", "1", "ping", {})):
        assert event.options == {"eligible_authid": ["host:abcdefghijkl"]}


@pytest.mark.parametrize("host", ["", "abc", None, "abcdefghijkl,", "*"])
def test_settings_and_queries_for_nobody_are_refused(host: object) -> None:
    """ValueError before anything is published."""
    with pytest.raises((ValueError, TypeError)):
        protocol.config_event({"host": host})
    with pytest.raises((ValueError, TypeError)):
        protocol.query_event(host, "1", "ping", {})  # type: ignore[arg-type]
