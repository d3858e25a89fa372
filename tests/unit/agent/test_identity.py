"""An agent's key, its code, and what it is told by environment."""

from __future__ import annotations

import io
import socket
import stat
from pathlib import Path

import pytest

from components.agent.environment import BadSetting, read_environment
from components.agent.identity import BadKey, EnrolmentCode, load_or_make_key, parse_code
from components.protocol import MAX_HOST_NAME_CHARACTERS

CODE = "abc123.Zm9vYmFyYmF6cXV4MTIz"


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "agent"
    first = load_or_make_key(directory).public_key()
    assert load_or_make_key(directory).public_key() == first
    assert [path.name for path in directory.iterdir()] == ["agent.key"]
    assert stat.S_IMODE((directory / "agent.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_key_that_others_may_read_is_made_private(tmp_path: Path) -> None:
    load_or_make_key(tmp_path)
    (tmp_path / "agent.key").chmod(0o644)
    load_or_make_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "agent.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "zz", "ab" * 31, "\n"])
def test_a_broken_key_is_named_and_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "agent.key"
    path.write_text(content)
    with pytest.raises(BadKey, match=r"agent\.key"):
        load_or_make_key(tmp_path)
    assert path.read_text() == content


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadKey, match="VEDETTE_AGENT_DATA"):
        load_or_make_key(tmp_path / "file" / "agent")


def test_a_code_never_shows_its_secret() -> None:
    code = parse_code(CODE)
    assert code == EnrolmentCode("abc123", "Zm9vYmFyYmF6cXV4MTIz")
    assert "Zm9v" not in f"{code!r} {code} {[code]}"


@pytest.mark.parametrize("text", ["", "abc", "abc.", ".abc", "abc def.ghijklmnopqrstuvwx", "a.b"])
def test_what_is_no_code_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_environment({"VEDETTE_ENROL_CODE": text or " x"})
    assert "VEDETTE_ENROL_CODE holds no enrolment code" in str(refused.value)


def test_a_code_comes_from_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code").write_text(f"{CODE}\nrest")
    assert read_environment({"VEDETTE_ENROL_CODE_FILE": str(tmp_path / "code")}).code == parse_code(CODE)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CODE}\n"))
    assert read_environment({"VEDETTE_ENROL_CODE_FILE": "-"}).code == parse_code(CODE)
    with pytest.raises(BadSetting, match=r"VEDETTE_ENROL_CODE_FILE .* cannot be read"):
        read_environment({"VEDETTE_ENROL_CODE_FILE": str(tmp_path / "none")})


def test_two_codes_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="set one of them"):
        read_environment({"VEDETTE_ENROL_CODE": CODE, "VEDETTE_ENROL_CODE_FILE": str(tmp_path / "code")})


def test_a_code_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "code").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetting, match=r"VEDETTE_ENROL_CODE_FILE .* cannot be read"):
        read_environment({"VEDETTE_ENROL_CODE_FILE": str(tmp_path / "code")})


@pytest.mark.parametrize("name", ["web-1", "", "n" * MAX_HOST_NAME_CHARACTERS])
def test_the_name_is_the_one_given_or_the_machines(name: str) -> None:
    """Whole, if the hub takes it whole."""
    assert read_environment({"VEDETTE_HOST_NAME": name}).name == (name or socket.gethostname())


@pytest.mark.parametrize("url", ["http://hub/ws", "ws://", "hub:8080", "ws://hub:notaport/ws", "ws://hub:99999/ws", "ws://[::1/ws"])
def test_a_hub_that_is_no_websocket_address_stops_the_start(url: str) -> None:
    with pytest.raises(BadSetting, match="VEDETTE_HUB is"):
        read_environment({"VEDETTE_HUB": url})


@pytest.mark.parametrize("given", [{}, {"VEDETTE_HUB": "", "VEDETTE_ENROL_CODE": "", "VEDETTE_AGENT_LOCK": ""}], ids=["none", "empty"])
def test_without_any_word_the_hub_is_on_this_machine(tmp_path: Path, given: dict[str, str]) -> None:
    environment = read_environment({"XDG_STATE_HOME": str(tmp_path), **given})
    assert environment.hub == "ws://127.0.0.1:8080/ws"
    assert environment.code is None
    assert str(environment.lock) == "/etc/vedette/lock.json"


def test_the_hubs_own_agent_needs_no_code(tmp_path: Path) -> None:
    environment = read_environment({"VEDETTE_ENROL_CODE": CODE, "VEDETTE_HUB": "nonsense"}, data=tmp_path, hub="ws://127.0.0.1:1/ws")
    assert (environment.data, environment.code, environment.hub) == (tmp_path, None, "ws://127.0.0.1:1/ws")
