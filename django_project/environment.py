"""Settings from the environment. A bad one stops the start with the variable's name, its value and the remedy."""

from __future__ import annotations

import os
import secrets
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from components import addresses
from components.directories import DATA, PROXY_SECRET, SECRET_KEY

_OWN_FILES = (SECRET_KEY, PROXY_SECRET)
"""What tells a data directory of Vedette's from others."""


class BadSetting(ImproperlyConfigured):
    """An environment variable has a value the hub cannot work with."""

    def __init__(self, name: str, value: str, remedy: str) -> None:
        super().__init__(f"{name} is {value!r}: {remedy}")


def directory(name: str, default: Path, base: Path) -> Path:
    """The directory that `name` gives; a relative one counts from `base`, whatever the process's own directory is."""
    value = os.environ.get(name, "")
    return (base / Path(value).expanduser()).resolve() if value else default


def private_directory(path: Path) -> Path:
    """`path`, made if need be, for its owner only (0700). BadSetting if that cannot be, or if it may hold what is somebody else's."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o077:
            if any(path.iterdir()) and not any((path / name).exists() for name in _OWN_FILES):
                remedy = "others may read it, and what is in it is not Vedette's; name a directory of its own, or say chmod 700 yourself"
                raise BadSetting(DATA, str(path), remedy)
            path.chmod(0o700)
    except OSError as error:
        raise BadSetting(DATA, str(path), f"{error.strerror}; name a directory that this user may write in") from error
    return path


def secret(name: str) -> str | None:
    """A secret from the variable `name`, or from the file that `<name>_FILE` names; None if neither is set."""
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and path is not None:
        raise BadSetting(f"{name}_FILE", path, f"{name} is set too; set one of them")
    if path is not None:
        try:
            value = Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"{name}_FILE", path, f"it cannot be read ({error}); name a readable text file") from error
    if value == "":
        raise BadSetting(name if path is None else f"{name}_FILE", path or "", "it is empty; give a value or unset it")
    return value


def kept_secret(path: Path) -> str:
    """The secret in `path`, made at random (0600) if there is none. Processes that start together agree on one."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        write_private(draft, secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` so that only its owner may ever read it (0600)."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())  # whole or not at all, whatever happens to the machine


def public_urls(name: str, default: str) -> list[SplitResult]:
    """The addresses people open the hub by, comma-separated in `name`."""
    value = os.environ.get(name, "") or default
    return [_public_url(name, part.strip()) for part in value.split(",") if part.strip()]


def _public_url(name: str, value: str) -> SplitResult:
    try:
        url = urlsplit(value)
        port_ok = url.port is None or url.port > 0
    except ValueError:
        raise BadSetting(name, value, "it is no address; write for example https://hub.example.org") from None
    if url.scheme not in ("http", "https") or not url.hostname or not port_ok or url.username is not None:
        raise BadSetting(name, value, "write http:// or https://, a name and perhaps a port, for example https://hub.example.org")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise BadSetting(name, value, f"the hub lives at the root of its address; write {url.scheme}://{url.netloc}")
    return url._replace(path="", netloc=url.netloc.lower())


def allowed_hosts(urls: list[SplitResult]) -> list[str]:
    """What requests may call the hub: by its addresses, or by loopback, which was made on this machine: health checks."""
    loopback = {f"[{name}]" if ":" in name else name for name in addresses.LOOPBACK}
    return sorted({url.netloc.removesuffix(f":{url.port}") for url in urls} | loopback)


def secure_cookies(urls: list[SplitResult]) -> bool:
    """Whether cookies may be limited to https: some address is https, and every other one is loopback, where browsers allow it."""
    others = [url for url in urls if url.scheme != "https"]
    return len(others) < len(urls) and all(url.hostname in addresses.LOOPBACK for url in others)


def trusted_proxies() -> tuple[IPv4Network | IPv6Network, ...]:
    """Whose forwarded headers count, from VEDETTE_TRUSTED_PROXIES."""
    try:
        return addresses.trusted_proxies()
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None


def database(name: str, default: Path, base: Path) -> dict[str, Any]:
    """Django's description of the database at the URL in `name`; SQLite gets what many writers in several processes need."""
    value = os.environ.get(name, "")
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(value or f"sqlite:///{default}", conn_max_age=600, conn_health_checks=True))
    except ValueError as error:
        # the value may hold a password
        raise BadSetting(name, value.partition(":")[0] + ":…", f"{error}; write for example postgres://user@host/vedette") from None
    return _sqlite(name, config, base) if config["ENGINE"].endswith("sqlite3") else config


def _sqlite(name: str, config: dict[str, Any], base: Path) -> dict[str, Any]:
    if config["NAME"] in ("", ":memory:"):
        raise BadSetting(name, "sqlite://:memory:", "the hub's processes share the database; name a file, sqlite:////path/to/file")
    config["NAME"] = str(base / config["NAME"])
    config["OPTIONS"] = {
        **config.get("OPTIONS", {}),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        # taking the write lock at the start of a transaction waits for others instead of failing half-way
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
    }
    return config
