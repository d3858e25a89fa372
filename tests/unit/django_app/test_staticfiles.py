"""Static files under a digest of them all."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_app import staticfiles


@pytest.fixture
def source(tmp_path: Path, settings: Any) -> Path:
    """Where static files come from."""
    source, library = tmp_path / "source", tmp_path / "library"
    (source / "js").mkdir(parents=True)
    (source / "js" / "page.js").write_text("one")
    (source / ".hidden").write_text("x")
    library.mkdir()
    (library / "wampy.js").write_text("library")
    (library / "wampy.js.map").write_text("{}")
    (library / "wampy.d.ts").write_text("types")
    settings.BROWSER_LIBRARIES = {"vendor/wampy": library}
    settings.STATICFILES_DIRS = [source, ("vendor/wampy", library)]
    return source


@pytest.fixture(autouse=True)
def _fresh_finders() -> None:
    from django.contrib.staticfiles.finders import get_finder

    get_finder.cache_clear()  # type: ignore[attr-defined]  # functools.cache


def test_collect(source: Path, tmp_path: Path) -> None:
    """Ours, the library's, the admin's; nothing that browsers do not ask for."""
    root = tmp_path / "static"
    digest = staticfiles.collect(root)
    assert (root / "current").read_text().strip() == digest
    assert (root / digest / "js" / "page.js").read_text() == "one"
    assert (root / digest / "vendor" / "wampy" / "wampy.js").read_text() == "library"
    assert (root / digest / "admin" / "css" / "base.css").is_file()
    assert not (root / digest / ".hidden").exists()
    assert sorted(path.name for path in (root / digest / "vendor" / "wampy").iterdir()) == ["wampy.js"]
    assert sorted(path.name for path in root.iterdir()) == sorted([digest, "current"])


def test_what_browsers_can_read_compressed_is_compressed_beforehand(source: Path, tmp_path: Path) -> None:
    """Where it is worth it; the same each time."""
    (source / "js" / "long.js").write_text("export const a = 1;\n" * 100)
    (source / "font.woff2").write_bytes(bytes(2000))
    (source / "js" / "other.js").write_text("other")
    (source / "js" / "other.js.gz").write_text("what a package brought along, and would be taken for a copy")
    root = tmp_path / "static" / "first"
    compressed = root / staticfiles.collect(root) / "js" / "long.js.gz"
    assert gzip.decompress(compressed.read_bytes()) == (source / "js" / "long.js").read_bytes()
    assert [path.name for path in compressed.parent.glob("*.gz")] == ["long.js.gz"]
    assert not list(root.rglob("font.woff2.gz"))
    again = tmp_path / "static" / "second"
    assert (again / staticfiles.collect(again) / "js" / "long.js.gz").read_bytes() == compressed.read_bytes()


def test_the_same_again_changes_nothing(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "static"
    digest = staticfiles.collect(root)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert staticfiles.collect(root) == digest
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_the_one_before_stays_and_older_ones_go(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "static"
    digests = []
    for text in ("one", "two", "three"):
        (source / "js" / "page.js").write_text(text)
        digests.append(staticfiles.collect(root))
    assert len(set(digests)) == 3
    assert {path.name for path in root.iterdir()} == {*digests[1:], "current"}


def test_a_new_name_is_a_new_digest(source: Path, tmp_path: Path) -> None:
    first = staticfiles.collect(tmp_path / "static")
    (source / "js" / "page.js").rename(source / "js" / "other.js")
    assert staticfiles.collect(tmp_path / "static") != first


def test_without_the_library(source: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "library")
    with pytest.raises(ImproperlyConfigured, match="npm ci --ignore-scripts"):
        staticfiles.collect(tmp_path / "static")


def test_addresses_carry_the_digest(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read when the first page is asked for, not when Django starts."""
    monkeypatch.undo()
    storage = staticfiles.DigestStorage(location=str(tmp_path / "static"))
    with pytest.raises(ImproperlyConfigured, match="crossbar start"):
        storage.url("js/page.js")
    (tmp_path / "static").mkdir(exist_ok=True)
    (tmp_path / "static" / "current").write_text("abc\n")
    assert storage.url("js/page.js") == "/static/abc/js/page.js"
