"""Which tests of a run with several processes stay together in one of them."""

from __future__ import annotations

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parents[1]


class KeepTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """In the order in which they were collected, each test goes to whichever process is free first. Those that share something that takes
    long to make, such as a hub of their own, go together, so that it is made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def together(nodeid: str) -> str:
    """What a test stays with: its folder, its module, or nothing but itself."""
    module = nodeid.partition("::")[0]
    folder = str(Path(module).parent)
    # one world; and one database, which the tests that commit leave empty, so they must be the last
    if folder in ("tests/chaos", "tests/unit/django_app"):
        return folder
    if folder.startswith("tests/unit") or 'scope="module"' in (TESTS.parent / module).read_text():
        return module
    return nodeid
