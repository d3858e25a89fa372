"""The way from the public port to the collected static files: a resource for Crossbar.io's web transport.

Crossbar.io's own service of static files sends them as they are. Here a client that can read it gets the compressed copy that `collect`
left beside a file: nothing is compressed while the router has other work.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.web import http
from twisted.web.server import NOT_DONE_YET
from twisted.web.static import File

COMPRESSED = ".gz"
"""What `collect` appends to a file's name; Twisted derives type and encoding from it."""
FOR_EVER = b"public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""What the pages consist of. A browser runs nothing of another type, and the machine's own table may say anything."""


class StaticFile(File):
    """A file or directory. Below the directory of a digest of all files, what stands under an address keeps its content for ever."""

    contentTypes = {**File.contentTypes, **TYPES}  # noqa: N815  # Twisted's

    depth = 0
    """How far below the directory that is served; the digests are its children."""

    def getChild(self, path: bytes, request: Any) -> Any:
        """What is called so in this directory, compressed if that is there and wanted."""
        if not _is_name(path):
            return self.childNotFound
        child = super().getChild(path, request)  # type: ignore[no-untyped-call]
        if not isinstance(child, StaticFile):
            return child
        compressed = self.createSimilarFile(child.path + COMPRESSED)
        if not compressed.isfile():
            return child
        request.setHeader(b"vary", b"accept-encoding")
        return compressed if _reads_gzip(request) else child

    def createSimilarFile(self, path: str) -> Any:  # noqa: N802  # Twisted's
        """Something in this directory."""
        similar = super().createSimilarFile(path)  # type: ignore[no-untyped-call]
        similar.depth = self.depth + 1
        return similar

    def render_GET(self, request: Any) -> Any:
        """The whole file: parts of one so small are worth nothing, and a request for very many of them would cost much."""
        request.requestHeaders.removeHeader(b"range")
        request.setHeader(b"x-content-type-options", b"nosniff")
        answer = super().render_GET(request)  # type: ignore[no-untyped-call]
        if answer is not NOT_DONE_YET and request.code in (http.OK, http.NOT_MODIFIED):
            self._say_how_long_it_is_good(request)
        return answer

    render_HEAD = render_GET

    def makeProducer(self, request: Any, opened: Any) -> Any:  # noqa: N802  # Twisted's
        """The file is there and may be read; its headers have not gone yet."""
        self._say_how_long_it_is_good(request)
        return super().makeProducer(request, opened)  # type: ignore[no-untyped-call]

    def directoryListing(self) -> Any:  # noqa: N802  # Twisted's
        """Nobody gets one."""
        return self.childNotFound

    def redirect(self, request: Any) -> Any:
        """A directory without its slash: as if it were not there."""
        return self.childNotFound.render(request)  # type: ignore[no-untyped-call]

    def _say_how_long_it_is_good(self, request: Any) -> None:
        request.setHeader(b"accept-ranges", b"none")
        request.setHeader(b"cache-control", FOR_EVER if self.depth > 1 else b"no-cache")


def static_files(extra: Mapping[str, Any]) -> StaticFile:
    """What a node configuration names. `extra`: `directory`, from the node directory, which the worker runs in."""
    return StaticFile(str(Path(extra["directory"]).resolve()), defaultType="application/octet-stream")


def _is_name(segment: bytes) -> bool:
    """Whether a file may be asked for by this: a text that the system takes, and no compressed copy by itself."""
    try:
        name = segment.decode()
    except UnicodeDecodeError:
        return False
    return "\0" not in name and not name.endswith(COMPRESSED)


def _reads_gzip(request: Any) -> bool:
    accepted = b",".join(request.requestHeaders.getRawHeaders(b"accept-encoding", []))
    return b"gzip" in (part.strip() for part in accepted.split(b","))
