"""What people see of a host, and what it obeys in no way: its name and its tags. The host's revision stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from components.checking import printable, show
from components.errors import InvalidPayload
from django_app import announce, audit
from django_app.hosts import checked_name, locked_hosts
from django_app.models import AuditEntry, Host
from django_app.people import hold_operator, require_operator

MOST_TAGS = 20
TAG_MOST = 40
"""Characters in one tag."""
ORIGIN_DASHBOARD = "dashboard"


def describe_host(user_id: int, host_id: str, *, now: float, name: str | None = None, tags: Sequence[str] | None = None) -> None:
    """Change the name or the tags of a host.

    NotAllowed, InvalidPayload, UnknownHost.
    """
    require_operator(user_id)
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = checked_name(name)
    if tags is not None:
        changes["tags"] = checked_tags(tags)
    with transaction.atomic():
        (host,) = locked_hosts([host_id])
        hold_operator(user_id)
        _describe({host: changes}, user_id, now)


def tag_hosts(
    user_id: int, host_ids: Sequence[str], tags: Mapping[str, object], *, now: float, origin: str = ORIGIN_DASHBOARD
) -> list[str]:
    """Give these hosts the tags in `add` and take from them those in `remove`; the ids of the hosts that have other tags now.

    NotAllowed, InvalidPayload, UnknownHost; then nothing is changed at all.
    """
    require_operator(user_id)
    added, removed = checked_tag_changes(tags)
    with transaction.atomic():
        hosts = locked_hosts(host_ids)
        hold_operator(user_id)
        return _describe({host: {"tags": _retagged(host, added, removed)} for host in hosts}, user_id, now, f" ({origin})")


def checked_tags(tags: Sequence[str]) -> list[str]:
    """The tags without repetition, in order, or InvalidPayload."""
    kept = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if len(kept) > MOST_TAGS:
        raise InvalidPayload(f"{len(kept)} tags; at most {MOST_TAGS} are taken")
    for tag in kept:
        if printable(tag, TAG_MOST) != tag or "," in tag:
            raise InvalidPayload(f"the tag {printable(tag, 60)!r} is not at most {TAG_MOST} printable characters without a comma")
    return kept


def checked_tag_changes(tags: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """What `{add, remove}` adds and removes, or InvalidPayload."""
    for name in tags:
        if name not in ("add", "remove"):
            raise InvalidPayload(f"tags has {show(name)}; there are add and remove")
    added, removed = (checked_tags(_texts(tags.get(name), name)) for name in ("add", "remove"))
    if both := set(added) & set(removed):
        raise InvalidPayload(f"the tag {min(both)!r} is both added and removed")
    return added, removed


def _texts(value: object, name: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidPayload(f"{name} is {show(value)}; it must be a list of tags")
    for tag in value:
        if not isinstance(tag, str):
            raise InvalidPayload(f"the tag {show(tag)} in {name} must be text")
    return value


def _retagged(host: Host, added: Sequence[str], removed: Collection[str]) -> list[str]:
    tags = list(dict.fromkeys([*(tag for tag in host.tags if tag not in removed), *added]))
    if len(tags) > max(MOST_TAGS, len(host.tags)):
        raise InvalidPayload(f"with the tag {tags[-1]!r}, {host.name} would have {len(tags)} tags; at most {MOST_TAGS} are taken")
    return tags


def _describe(changes: Mapping[Host, Mapping[str, Any]], user_id: int, now: float, door: str = "") -> list[str]:
    """Store what is new of these changes, and tell of it: the one way to describe hosts, within the caller's transaction."""
    news: dict[Host, dict[str, Any]] = {}
    for host, about in changes.items():
        if new := {key: value for key, value in about.items() if getattr(host, key) != value}:
            news[host] = new
    alike: defaultdict[str, list[Host]] = defaultdict(list)
    for host, new in news.items():
        alike[repr(new)].append(host)
    for hosts in alike.values():
        Host.objects.filter(pk__in=[host.pk for host in hosts]).update(**news[hosts[0]])
    audit.record(*(_audited(host, new, door, user_id, now) for host, new in news.items()))
    announce.hosts_changed([host.id for host in news])
    return [host.id for host in news]


def _audited(host: Host, new: Mapping[str, Any], door: str, user_id: int, now: float) -> AuditEntry:
    text = f"{host.name}: {'; '.join(_described(key, value) for key, value in new.items())}{door}"
    return AuditEntry(kind=AuditEntry.Kind.DESCRIBED, text=text, at=now, by_id=user_id, host=host.id)


def _described(field: str, value: Any) -> str:
    return f"tags {', '.join(value) or 'none'}" if field == "tags" else f"{field} {value}"
