"""Settings from the environment: a bad one stops the start and names the variable, the value and the remedy."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from django_project import environment
from django_project.environment import BadSetting

REPOSITORY = Path(__file__).parents[3]


def read_settings(names: list[str], tmp_path: Path, **variables: str) -> dict[str, Any]:
    """These settings, as a fresh process sees them."""
    script = f"import json; from django_project import settings as s; print(json.dumps([str(getattr(s, n)) for n in {names!r}]))"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_") and name != "DATABASE_URL"}
    made = subprocess.run(
        [sys.executable, "-c", script],
        env={**clean, "VEDETTE_DATA": str(tmp_path / "hub"), **variables},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise BadSetting("process", "", made.stderr)
    return dict(zip(names, json.loads(made.stdout), strict=True))


def test_reading_makes_the_data_directory_and_the_key_only(tmp_path: Path) -> None:
    """Both for their owner alone; a second reading changes nothing."""
    first = read_settings(["SECRET_KEY", "DEBUG", "SESSION_COOKIE_SECURE"], tmp_path)
    hub = tmp_path / "hub"
    assert stat.S_IMODE(hub.stat().st_mode) == 0o700
    assert [path.name for path in hub.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((hub / "secret-key").stat().st_mode) == 0o600
    assert (first["DEBUG"], first["SESSION_COOKIE_SECURE"]) == ("False", "False")
    assert read_settings(["SECRET_KEY"], tmp_path)["SECRET_KEY"] == first["SECRET_KEY"]


def test_an_https_address(tmp_path: Path) -> None:
    read = read_settings(
        ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "CONTENT_SECURITY_POLICY"],
        tmp_path,
        VEDETTE_PUBLIC_URL="https://Hub.example.org/, http://localhost:8080",
    )
    assert (read["SESSION_COOKIE_SECURE"], read["CSRF_COOKIE_SECURE"]) == ("True", "True")
    assert read["ALLOWED_HOSTS"] == "['127.0.0.1', '[::1]', 'hub.example.org', 'localhost']"
    assert read["CSRF_TRUSTED_ORIGINS"] == "['https://hub.example.org', 'http://localhost:8080']"
    assert "wss://hub.example.org" in read["CONTENT_SECURITY_POLICY"]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("VEDETTE_PUBLIC_URL", "hub.example.org", "https://hub.example.org"),
        ("VEDETTE_PUBLIC_URL", "ftp://x", "ftp://x"),
        ("VEDETTE_PUBLIC_URL", "https://x:99999", "https://x:99999"),
        ("VEDETTE_PUBLIC_URL", "https://x/path", "write https://x"),
        ("VEDETTE_PUBLIC_URL", "https://u:p@x", "https://"),
        ("VEDETTE_SECRET_KEY", "", "empty"),
        ("VEDETTE_SECRET_KEY_FILE", "/nowhere", "/nowhere"),
        ("VEDETTE_DATA", "/dev/null/data", "/dev/null/data"),
        ("VEDETTE_TRUSTED_PROXIES", "300.0.0.1", "300.0.0.1"),
        ("DATABASE_URL", "oracle2://u:planted@h/x", "postgres://"),
        ("DATABASE_URL", "sqlite://:memory:", "sqlite:////path/to/file"),
    ],
)
def test_a_bad_setting_stops_the_start(variable: str, value: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings(["DEBUG"], tmp_path, **{variable: value})
    message = str(caught.value).splitlines()[-1]
    assert variable in message
    assert words in message
    assert "planted" not in str(caught.value)


def test_sqlite_is_made_for_many_writers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also at another place; a relative one counts from the repository."""
    monkeypatch.setenv("X_URL", "sqlite:///there.sqlite3")
    config = environment.database("X_URL", tmp_path / "default", tmp_path)
    assert config["NAME"] == str(tmp_path / "there.sqlite3")
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]
    assert "synchronous=NORMAL" in config["OPTIONS"]["init_command"]
    assert config["OPTIONS"]["timeout"] >= 5
    monkeypatch.delenv("X_URL")
    assert environment.database("X_URL", tmp_path / "default", tmp_path)["NAME"] == str(tmp_path / "default")


def test_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_URL", "postgres://vedette:p%40ss@db/vedette")
    config = environment.database("X_URL", tmp_path, tmp_path)
    assert (config["ENGINE"], config["PASSWORD"]) == ("django.db.backends.postgresql", "p@ss")
    assert "init_command" not in config.get("OPTIONS", {})


@pytest.mark.django_db
def test_the_connection_obeys(tmp_path: Path) -> None:
    connection = ConnectionHandler({"default": environment.database("X_URL", tmp_path / "default", tmp_path)})["default"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == 1
    connection.close()


def test_processes_that_start_together_agree_on_a_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(environment.kept_secret, [tmp_path / "data" / "secret"] * 8))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 50
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"secret", "proxy-secret"}


def test_a_secret_by_file_or_by_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.secret("X") is None
    (tmp_path / "x").write_text("from a file\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "x"))
    assert environment.secret("X") == "from a file"
    monkeypatch.setenv("X", "by value")
    with pytest.raises(BadSetting, match="set one of them"):
        environment.secret("X")
    monkeypatch.delenv("X_FILE")
    assert environment.secret("X") == "by value"


def test_a_loose_data_directory_is_tightened(tmp_path: Path) -> None:
    (tmp_path / "data").chmod(0o755)
    assert stat.S_IMODE(environment.private_directory(tmp_path / "data").stat().st_mode) == 0o700


def test_a_directory_of_others_is_left_as_it_is(tmp_path: Path) -> None:
    """Whoever names /srv must not take it from everybody."""
    for name in ("empty", "others"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
    (tmp_path / "others" / "somebody's").touch()
    with pytest.raises(BadSetting, match=r"VEDETTE_DATA.*a directory of its own"):
        environment.private_directory(tmp_path / "others")
    assert stat.S_IMODE((tmp_path / "others").stat().st_mode) == 0o755
    assert stat.S_IMODE(environment.private_directory(tmp_path / "empty").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("urls", "secure"),
    [
        ("http://localhost:8080", False),
        ("https://hub.example.org", True),
        ("https://hub.example.org,http://127.0.0.1:8080", True),
        ("https://hub.example.org,http://hub.lan", False),
    ],
)
def test_when_cookies_are_secure(urls: str, secure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not if somebody could then not log in."""
    monkeypatch.setenv("X", urls)
    assert environment.secure_cookies(environment.public_urls("X", "")) is secure
