"""Static files under a digest of them all, so that old and new modules of one page never mix and caches may keep them for ever.

`<node>/static/<digest>/…` is what Crossbar serves, `<node>/static/current` names the digest of now.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured

_CURRENT = "current"
_IGNORED = [".*", "*~", "*.gz", "*.d.ts", "*.map", "*.cjs.js", "*.iife.js", "*.iife.min.js"]
_COMPRESSED = frozenset({".css", ".js", ".svg"})
_LEAST_BYTES = 512
"""A smaller file fits into one packet anyway."""


class DigestStorage(StaticFilesStorage):
    """Addresses of the newest collected files; read at the first page, when `setup` has collected them."""

    _digest_url: str | None = None

    @property
    def base_url(self) -> str:
        """`/static/<digest>/`."""
        if self._digest_url is None:
            self._digest_url = f"{settings.STATIC_URL}{current_digest(Path(settings.STATIC_ROOT))}/"
        return self._digest_url


def current_digest(root: Path) -> str:
    """The digest of the files that `root` serves now."""
    try:
        return (root / _CURRENT).read_text().strip()
    except FileNotFoundError:
        raise ImproperlyConfigured(f"{root / _CURRENT} is missing: `crossbar start` makes it when it collects the static files") from None


def collect(root: Path) -> str:
    """Copy all static files into `root/<digest>/` and make it the current one; the one before stays for pages that are open. The digest.

    ImproperlyConfigured if a browser library is not installed.
    """
    for library in settings.BROWSER_LIBRARIES.values():
        if not library.is_dir():
            raise ImproperlyConfigured(f"{library} is missing: install the browser libraries with `npm ci --ignore-scripts`")
    files = _files()
    digest = _digest(files)
    root.mkdir(parents=True, exist_ok=True)
    if not (root / digest).is_dir():
        _copy(files, root, digest)
    before = (root / _CURRENT).read_text().strip() if (root / _CURRENT).exists() else ""
    if before != digest:
        _write_current(root, digest)
        _remove_all_but({digest, before}, root)
    return digest


def _files() -> dict[str, Path]:
    """Source of each file by its path in the address; the first finder that has a path wins, as everywhere in Django."""
    found: dict[str, Path] = {}
    for finder in get_finders():
        for path, storage in finder.list(_IGNORED):
            prefix = getattr(storage, "prefix", None)
            found.setdefault(f"{prefix}/{path}" if prefix else path, Path(storage.path(path)))
    return found


def _digest(files: dict[str, Path]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name].read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


def _copy(files: dict[str, Path], root: Path, digest: str) -> None:
    draft = root / f".{digest}.{secrets.token_hex(4)}"
    for name, source in files.items():
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, draft / name)
        _compress(draft / name)
    draft.rename(root / digest)


def _compress(file: Path) -> None:
    """A copy beside it, for `components.static_files`."""
    content = file.read_bytes()
    if file.suffix in _COMPRESSED and len(content) >= _LEAST_BYTES:
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(content, compresslevel=6, mtime=0))


def _write_current(root: Path, digest: str) -> None:
    draft = root / f".{_CURRENT}.{secrets.token_hex(4)}"
    draft.write_text(digest + "\n")
    draft.replace(root / _CURRENT)


def _remove_all_but(kept: set[str], root: Path) -> None:
    for path in root.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path)
