"""A PostgreSQL server of the tests' own: no port, one socket, in a directory that is thrown away.

    python -m tests.harness.postgresql COMMAND…

runs a command with the address of its database in VEDETTE_TEST_DATABASE_URL. The unit tests then use that server instead of SQLite, and so
does every hub, each with a database of its own.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

VARIABLE = "VEDETTE_TEST_DATABASE_URL"
DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of a server, by its version, off the PATH."""
HASTE = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""What a server does without that need not survive a crash, or the day."""
OWNER = "postgres"
"""Who runs the server in place of root, whom PostgreSQL refuses. Debian's package makes this user."""


def programs() -> Path | None:
    """Where the server's programs are; None where none is installed, or nobody may run it."""
    if os.geteuid() == 0 and not _is_user(OWNER):
        return None
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    found_here = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: _version(path.parts[-3]))
    return found_here[-1].parent if found_here else None


@contextmanager
def server(where: Path) -> Iterator[str]:
    """The address of an empty database on a new server, whose user may make others."""
    # directly below /tmp: the path of a unix socket must stay below 100 bytes
    directory = Path(tempfile.mkdtemp(prefix="vedette-pg-", dir="/tmp"))
    log = directory / "log"
    user = OWNER if os.geteuid() == 0 else None
    if user:
        shutil.chown(directory, user, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(where / program), "-D", str(directory / "data"), *arguments]
        with (directory / "output").open("ab") as output:
            ended = subprocess.run(
                command, user=user, group=user, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
            )
        if ended.returncode:
            said = "".join(path.read_text(errors="replace") for path in (directory / "output", log) if path.exists())
            raise RuntimeError(f"{shlex.join(command)} ended with {ended.returncode}:\n{said}")

    options = " ".join(["-c listen_addresses=", f"-c unix_socket_directories={directory}", *(f"-c {name}=off" for name in HASTE)])
    try:
        run("initdb", "--auth=trust", "--username=vedette", "--encoding=UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "--wait", "--log", str(log), "--options", options, "start")
        try:
            yield made(f"postgres://vedette@{quote(str(directory), safe='')}/postgres")
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def made(url: str) -> str:
    """The address of a new database, of another name, on the server of this one."""
    name = f"vedette_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def execute(url: str, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """One statement, in which `?` stands for a value, as SQLite has it."""
    adapted = [Jsonb(value) if isinstance(value, dict) else value for value in values]
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement.replace("%", "%%").replace("?", "%s").encode(), adapted)
        return cursor.fetchall() if cursor.description else []


def _version(directory: str) -> tuple[int, ...]:
    """Before 10 it had two parts: 9.6."""
    return tuple(map(int, re.findall(r"\d+", directory)))


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def main() -> int:
    """Run the command; its exit code."""
    if (found := programs()) is None:
        sys.stderr.write("No PostgreSQL server can run: its initdb is neither on the PATH nor below /usr/lib/postgresql, ")
        sys.stderr.write(f"or this is root, and there is no user {OWNER}.\n")
        return 1
    with server(found) as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, VARIABLE: url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
