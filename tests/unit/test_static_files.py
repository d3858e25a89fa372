"""Static files as a browser gets them: compressed if it can read that, kept for ever, and nothing else of the disk."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from twisted.web.http_headers import Headers
from twisted.web.resource import getChildForRequest
from twisted.web.server import NOT_DONE_YET
from twisted.web.test.requesthelper import DummyRequest

from components.static_files import StaticFile, static_files

SCRIPT = b"export const a = 1;\n" * 100


@pytest.fixture
def root(tmp_path: Path) -> StaticFile:
    """A script with a compressed copy, a font without one, and a secret beside the directory."""
    scripts = tmp_path / "static" / "0123" / "js"
    scripts.mkdir(parents=True)
    (scripts / "page.js").write_bytes(SCRIPT)
    (scripts / "page.js.gz").write_bytes(gzip.compress(SCRIPT))
    (scripts / "font.woff2").write_bytes(b"font")
    (tmp_path / "secret").write_text("secret")
    return static_files({"directory": str(tmp_path / "static")})


def ask(root: StaticFile, path: str, accept: str = "", method: bytes = b"GET") -> tuple[int, Headers, bytes]:
    """The answer to one request."""
    request = DummyRequest(path.encode(errors="surrogateescape").split(b"/"))
    request.method = method
    request.requestHeaders.setRawHeaders(b"accept-encoding", [accept.encode()])
    answer = getChildForRequest(root, request).render(request)  # type: ignore[no-untyped-call]
    body = b"".join(request.written) if answer is NOT_DONE_YET else answer
    code: Any = request.responseCode
    return code or 200, request.responseHeaders, body


@pytest.mark.parametrize("accept", ["gzip", "gzip, deflate, br, zstd", "br,gzip"])
def test_compressed_to_those_who_read_it(root: StaticFile, accept: str) -> None:
    code, headers, body = ask(root, "0123/js/page.js", accept)
    assert (code, gzip.decompress(body)) == (200, SCRIPT)
    assert headers.getRawHeaders(b"content-encoding") == [b"gzip"]
    assert headers.getRawHeaders(b"content-type") == [b"text/javascript"]
    assert headers.getRawHeaders(b"content-length") == [b"%d" % len(body)]


@pytest.mark.parametrize("accept", ["", "identity", "br", "gzip;q=0", "xgzip"])
def test_as_it_is_to_others(root: StaticFile, accept: str) -> None:
    """And a cache between is told that there are two."""
    code, headers, body = ask(root, "0123/js/page.js", accept)
    assert (code, body) == (200, SCRIPT)
    assert headers.getRawHeaders(b"content-encoding") is None
    assert headers.getRawHeaders(b"content-type") == [b"text/javascript"]
    assert headers.getRawHeaders(b"vary") == [b"accept-encoding"]


def test_what_has_no_compressed_copy(root: StaticFile) -> None:
    _, headers, body = ask(root, "0123/js/font.woff2", "gzip")
    assert body == b"font"
    assert headers.getRawHeaders(b"content-encoding") is None


def test_it_is_kept_under_its_address(root: StaticFile) -> None:
    """Also what a browser only asks about."""
    for method in (b"GET", b"HEAD"):
        _, headers, _ = ask(root, "0123/js/page.js", "gzip", method)
        assert headers.getRawHeaders(b"cache-control") == [b"public, max-age=31536000, immutable"]
        assert headers.getRawHeaders(b"x-content-type-options") == [b"nosniff"]


@pytest.mark.parametrize(
    "path",
    [
        "", "0123", "0123/", "0123/js", "0123/js/", "0123/js/gone.js", "0123/js/page.js/", "0123/js/page.js/x",
        "../secret", "0123/../../secret", "/etc/passwd", "0123/\udcff",
    ],
)  # fmt: skip
def test_there_is_nothing_else(root: StaticFile, path: str) -> None:
    """No list of a directory, nothing outside of it, and what is not there is not kept."""
    code, headers, body = ask(root, path, "gzip")
    assert code == 404
    assert headers.getRawHeaders(b"cache-control") is None
    assert b"secret" not in body
    assert b"page.js" not in body
