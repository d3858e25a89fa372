"""The way from the public port to the collected static files: a resource for Crossbar.io's web transport.

Crossbar.io's own service of static files sends them as they are. Here a client that can read it gets the compressed copy that `collect`
left beside a file: nothing is compressed while the router has other work.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.web.static import File

COMPRESSED = ".gz"
"""What `collect` appends to a file's name; Twisted derives type and encoding from it."""


class StaticFile(File):
    """A file or directory that keeps its content for ever under its address, because the digest of all files stands there."""

    def getChild(self, path: bytes, request: Any) -> Any:
        """What is called so in this directory, compressed if that is there and wanted."""
        child = super().getChild(path, request)  # type: ignore[no-untyped-call]
        if not isinstance(child, StaticFile):
            return child
        compressed = self.createSimilarFile(child.path + COMPRESSED)  # type: ignore[no-untyped-call]
        if not compressed.isfile():
            return child
        request.setHeader(b"vary", b"accept-encoding")
        return compressed if _reads_gzip(request) else child

    def render_GET(self, request: Any) -> Any:
        """The file; nothing else is kept."""
        if self.isfile():
            request.setHeader(b"cache-control", b"public, max-age=31536000, immutable")
        request.setHeader(b"x-content-type-options", b"nosniff")
        return super().render_GET(request)  # type: ignore[no-untyped-call]

    render_HEAD = render_GET

    def directoryListing(self) -> Any:  # noqa: N802  # Twisted's
        """Nobody gets one."""
        return self.childNotFound

    def redirect(self, request: Any) -> Any:
        """A directory without its slash: as if it were not there."""
        return self.childNotFound.render(request)  # type: ignore[no-untyped-call]


def static_files(extra: Mapping[str, Any]) -> StaticFile:
    """What a node configuration names. `extra`: `directory`, from the node directory, which the worker runs in."""
    return StaticFile(str(Path(extra["directory"]).resolve()))


def _reads_gzip(request: Any) -> bool:
    accepted = b",".join(request.requestHeaders.getRawHeaders(b"accept-encoding", []))
    return b"gzip" in (part.strip() for part in accepted.split(b","))
