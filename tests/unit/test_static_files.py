"""Static files as a browser gets them: compressed if it can read that, kept for ever, and nothing else of the disk."""

from __future__ import annotations

import errno
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from twisted.logger import capturedLogs
from twisted.web.server import Request, Site
from twisted.web.static import File
from twisted.web.test.requesthelper import DummyChannel

from components.static_files import TYPES, StaticFile, static_files

SCRIPT = b"export const a = 1;\n" * 100
COMPRESSED = gzip.compress(SCRIPT)
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def root(tmp_path: Path) -> StaticFile:
    """A script with a compressed copy, other files without one, the name of the newest digest, and a secret beside the directory."""
    scripts = tmp_path / "static" / "0123" / "js"
    scripts.mkdir(parents=True)
    (scripts / "page.js").write_bytes(SCRIPT)
    (scripts / "page.js.gz").write_bytes(COMPRESSED)
    for name in ("LICENSE", *(f"file{ending}" for ending in TYPES)):
        (scripts / name).write_bytes(b"short")
    (tmp_path / "static" / "current").write_text("0123\n")
    (tmp_path / "secret").write_text("secret")
    return static_files({"directory": str(tmp_path / "static")})


@dataclass(frozen=True)
class Answer:
    """What came back; the headers by their names in small letters."""

    code: int
    headers: dict[str, str]
    body: bytes


def ask(root: StaticFile, path: str, accept: str = "", method: str = "GET", **asked: str) -> Answer:
    """The answer to a request for this path, as it stands in an address, with the headers `asked`."""
    channel: Any = DummyChannel()  # type: ignore[no-untyped-call]
    channel.site = Site(root)  # type: ignore[no-untyped-call]
    request: Any = Request(channel)  # type: ignore[no-untyped-call]
    for name, value in {"accept-encoding": accept, **asked}.items():
        request.requestHeaders.setRawHeaders(name.replace("_", "-"), [value])
    request.gotLength(0)
    request.requestReceived(method.encode(), b"/" + path.encode(), b"HTTP/1.1")
    while request.producer:
        request.producer.resumeProducing()
    head, _, body = channel.transport.written.getvalue().partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return Answer(int(status.split()[1]), {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body)


@pytest.mark.parametrize("accept", ["gzip", "gzip, deflate, br, zstd", "br,gzip"])
def test_compressed_to_those_who_read_it(root: StaticFile, accept: str) -> None:
    answer = ask(root, "0123/js/page.js", accept)
    assert (answer.code, answer.body) == (200, COMPRESSED)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript"
    assert answer.headers["content-length"] == str(len(COMPRESSED))
    assert answer.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize("accept", ["", "identity", "br", "gzip;q=0", "xgzip"])
def test_as_it_is_to_others(root: StaticFile, accept: str) -> None:
    """And a cache between is told that there are two."""
    answer = ask(root, "0123/js/page.js", accept)
    assert (answer.code, answer.body) == (200, SCRIPT)
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-type"] == "text/javascript"
    assert answer.headers["vary"] == "accept-encoding"


def test_what_has_no_compressed_copy(root: StaticFile) -> None:
    answer = ask(root, "0123/js/file.woff2", "gzip")
    assert answer.body == b"short"
    assert not {"content-encoding", "vary"} & set(answer.headers)


@pytest.mark.parametrize(("ending", "named"), [*((ending, named) for ending, named in TYPES.items()), ("", "application/octet-stream")])
def test_types_are_ours_and_not_the_machines(root: StaticFile, monkeypatch: pytest.MonkeyPatch, ending: str, named: str) -> None:
    """A browser is told not to guess, so a module of another type would not run. What nobody knows is no page."""
    monkeypatch.setitem(File.contentTypes, ending, "text/plain")
    answer = ask(root, f"0123/js/file{ending}" if ending else "0123/js/LICENSE")
    assert (answer.code, answer.headers["content-type"]) == (200, named)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("accept", ["gzip", ""])
def test_it_is_kept_under_its_address(root: StaticFile, accept: str) -> None:
    """Also what a browser only asks about, and what it has already."""
    whole = ask(root, "0123/js/page.js", accept)
    asked_about = ask(root, "0123/js/page.js", accept, "HEAD")
    again = ask(root, "0123/js/page.js", accept, if_modified_since=whole.headers["last-modified"])
    assert [answer.code for answer in (whole, asked_about, again)] == [200, 200, 304]
    assert asked_about.body == again.body == b""
    assert asked_about.headers["content-length"] == str(len(whole.body))
    for answer in (whole, asked_about, again):
        assert answer.headers["cache-control"] == FOR_EVER
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_changes_with_a_release_is_not(root: StaticFile, method: str) -> None:
    answer = ask(root, "current", method=method)
    assert (answer.code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "parts",
    ["bytes=0-9", "bytes=-1000000", "bytes=1000000-", "bytes=" + "0-," * 1000, "nonsense", "bytes=\xff"],
    ids=lambda value: value[:20],
)
@pytest.mark.parametrize("accept", ["gzip", ""])
def test_nobody_gets_parts(root: StaticFile, accept: str, parts: str) -> None:
    """But all of it, once, whatever was asked for."""
    answer = ask(root, "0123/js/page.js", accept, range=parts)
    assert (answer.code, answer.body) == (200, COMPRESSED if accept else SCRIPT)
    assert answer.headers["accept-ranges"] == "none"


def test_what_may_not_be_read_is_not_kept(root: StaticFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: StaticFile) -> None:
        raise OSError(errno.EACCES, "for the test")

    monkeypatch.setattr(StaticFile, "openForReading", refuse)
    answer = ask(root, "0123/js/page.js")
    assert answer.code == 403
    assert "cache-control" not in answer.headers


@pytest.mark.parametrize(("method", "code"), [("POST", 405), ("PUT", 501), ("DELETE", 501)])
def test_nothing_is_written(root: StaticFile, method: str, code: int) -> None:
    answer = ask(root, "0123/js/page.js", method=method)
    assert answer.code == code
    assert "cache-control" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "", "0123", "0123/", "0123/js", "0123/js/", "0123/js/gone.js", "0123/js/page.js/", "0123/js/page.js/x", "0123%2fjs%2fpage.js",
        "../secret", "0123/../../secret", "%2e%2e/secret", "..%2fsecret", "/etc/passwd", "%00", "0123/%00", "0123/js/page.js%00", "%ff",
        "0123/%ff/x", "0123/js/page.js.gz", "x" * 300, "0123/js/" + "x" * 254,
    ],
    ids=lambda value: value[:30],
)  # fmt: skip
def test_there_is_nothing_else(root: StaticFile, path: str, method: str) -> None:
    """No list of a directory, nothing outside of it, no compressed copy by itself; what is not there is not kept, nor worth a traceback."""
    with capturedLogs() as logged:
        answer = ask(root, path, "gzip", method)
    assert answer.code == 404
    assert "cache-control" not in answer.headers
    assert b"secret" not in answer.body
    assert b"page.js" not in answer.body
    assert [event for event in logged if event.get("log_failure") or event.get("isError")] == []
