"""Where things lie, whatever directory a process runs in."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from components.directories import REPOSITORY, data_directory, hub_address, make_run_directory, workers_at


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", REPOSITORY / "data"),
        ("elsewhere", REPOSITORY / "elsewhere"),
        ("/srv/vedette", Path("/srv/vedette")),
        ("~/v", Path.home() / "v"),
    ],
)
def test_the_data_directory_is_the_same_for_every_process(
    value: str, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VEDETTE_DATA", value)
    assert data_directory() == expected.resolve()


def test_the_run_directory_is_private_and_without_old_sockets(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir(mode=0o755)
    (run / "hub.sock").touch()
    (run / "note").touch()
    make_run_directory(tmp_path)
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert [path.name for path in run.iterdir()] == ["note"]


@pytest.mark.parametrize("port", [9000, "$VEDETTE_TEST_PORT"])
def test_the_hubs_own_agent_finds_the_port_its_user_chose(port: int | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_TEST_PORT", "9000")
    web = {"endpoint": {"type": "tcp", "port": port}, "paths": {"/": {}, "ws": {}}}
    inner = {"endpoint": {"type": "tcp", "port": 1}, "paths": {"/": {}}}
    (tmp_path / "config.json").write_text(json.dumps({"workers": [{"type": "container"}, {"transports": [inner, web]}]}))
    assert hub_address(tmp_path) == "ws://127.0.0.1:9000/ws"


def test_a_node_without_a_public_transport_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"workers": []}))
    with pytest.raises(LookupError, match=r"config\.json has no web transport"):
        hub_address(tmp_path)


def test_workers_are_found_by_the_socket_that_they_use(tmp_path: Path) -> None:
    """And nobody in a configuration that is being edited."""
    config, hub = tmp_path / "config.json", tmp_path / "run" / "hub.sock"
    config.write_text((REPOSITORY / ".crossbar" / "config.json").read_text())
    assert workers_at(hub, tmp_path) == ["services"]
    assert workers_at(tmp_path / "run" / "agent.sock", tmp_path) == ["agent"]
    assert workers_at(tmp_path / "run" / "bridge.sock", tmp_path) == []
    for broken in ("{", "[]", '{"workers": [[]]}', '{"workers": [{"components": [{"transport": {}}]}]}'):
        config.write_text(broken)
        assert workers_at(hub, tmp_path) == []
