"""System checks, by id:

`vedette.E001` DEBUG · `vedette.W001` a data directory others may read ·
`vedette.W002` (with --deploy) passwords in the clear.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from components.addresses import LOOPBACK


@register(Tags.security)
def check_debug(**_: Any) -> list[CheckMessage]:
    """Debug pages show secrets."""
    return [Error("DEBUG is on.", hint="Remove it from the settings.", id="vedette.E001")] if settings.DEBUG else []


@register(Tags.security)
def check_data_directory(**_: Any) -> list[CheckMessage]:
    """The data directory holds secrets."""
    mode = settings.DATA_DIR.stat().st_mode & 0o777
    if mode & 0o077 == 0:
        return []
    return [Warning(f"{settings.DATA_DIR} has mode {mode:o}.", hint=f"chmod 700 {settings.DATA_DIR}", id="vedette.W001")]


@register(Tags.security, deploy=True)
def check_public_urls(**_: Any) -> list[CheckMessage]:
    """Beyond this machine, passwords need https."""
    plain = [url for url in settings.PUBLIC_URLS if url.startswith("http:") and urlsplit(url).hostname not in LOOPBACK]
    return [
        Warning(
            f"VEDETTE_PUBLIC_URL has {url}: passwords and tickets travel in the clear.",
            hint="Put a proxy that speaks https before the hub, and give its https:// address.",
            id="vedette.W002",
        )
        for url in plain
    ]
