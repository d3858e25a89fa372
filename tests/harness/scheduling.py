"""Which tests of a run with several processes stay together in one of them."""

from __future__ import annotations

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

SHARING = ("tests/browser", "tests/chaos", "tests/integration", "tests/unit/django_app")
"""Folders whose tests share what takes long to make: a hub and a browser, a world, a hub; and one database, which the tests that commit
leave empty, so they must be the last.
"""
OWN_HUBS = ("tests/integration/test_floods.py", "tests/integration/test_frozen_router.py", "tests/integration/test_upstream_crossbar.py")
"""Modules there whose tests share one of their own, and nothing else."""
HUB_EACH = ("tests/integration/test_lifecycle.py",)
"""And those in which each test has its own."""


class KeepTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """In the order in which they were collected, tests go to whichever process is free first. Those that share something that takes long
    to make go together, so that it is made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def together(nodeid: str) -> str:
    """What a test stays with: its folder, its module, or nothing but itself."""
    module = nodeid.partition("::")[0]
    folder = str(Path(module).parent)
    if module in HUB_EACH:
        return nodeid
    return folder if folder in SHARING and module not in OWN_HUBS else module
