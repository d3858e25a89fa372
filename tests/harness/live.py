"""What the live page knows: the snapshot, and every update merged into it, as the documentation of the wire says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from components.host_views import HostView
from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.wamp import Event, WampClient


class ShownHost(dict[str, Any]):
    """A host as a viewer knows it. What an update has removed, or never had, is None, just as the snapshot says it."""

    def __missing__(self, key: str) -> None:
        if key not in HostView.__annotations__:
            raise KeyError(key)


class LiveView:
    """One viewer's picture of the fleet. It only moves while somebody waits for something."""

    def __init__(self, client: WampClient, *, page: int = 100) -> None:
        self.client = client
        self.hosts: dict[str, dict[str, Any]] = {}
        self.tick: int | None = None
        self.changes: list[tuple[float, dict[str, Any]]] = []
        """Every update, with the monotonic time of its arrival."""
        subscription = client.subscribe("vedette.fleet.on_update")
        after: str | None = ""
        while after is not None:
            answer = client.call("vedette.fleet.get_snapshot", after=after, limit=page)
            for event in client.kept_events(subscription):  # what came before the page is older than it
                self._apply(event)
            self.hosts |= {host_id: ShownHost(host) for host_id, host in answer["hosts"].items()}
            after = answer["next"]

    def until(self, check: Callable[[dict[str, dict[str, Any]]], Any], what: str, *, seconds: float = PATIENCE_SECONDS) -> float:
        """Follow the updates until `check(hosts)` is true; how many seconds that took. AssertionError with what is known."""
        started = time.monotonic()
        while not check(self.hosts):
            left = started + seconds - time.monotonic()
            try:
                self._take(left)
            except TimeoutError:
                known = json.dumps(self.hosts, indent=1)[:6000]
                raise AssertionError(f"not within {seconds:g} s: {what}\nthe page knows: {known}") from None
        return time.monotonic() - started

    def host_until(self, host_id: str, check: Callable[[dict[str, Any]], Any], what: str, *, seconds: float = PATIENCE_SECONDS) -> float:
        """The same for one host, once it is there."""
        try:
            return self.until(lambda hosts: host_id in hosts and check(hosts[host_id]), what, seconds=seconds)
        except AssertionError:
            known = json.dumps(self.hosts.get(host_id), indent=1)
            raise AssertionError(f"not within {seconds:g} s: {what}\nof host {host_id} the page knows: {known}") from None

    def follow(self, seconds: float) -> list[dict[str, Any]]:
        """Follow the updates for so long; those that came."""
        before = len(self.changes)
        end = time.monotonic() + seconds
        while True:
            try:
                self._take(end - time.monotonic())
            except TimeoutError:
                return [update for _, update in self.changes[before:]]

    def by_name(self, name: str) -> str:
        """The id of the host with this name. AssertionError if there is not exactly one."""
        found = [host_id for host_id, host in self.hosts.items() if host["name"] == name]
        assert len(found) == 1, f"{len(found)} hosts are named {name}"
        return found[0]

    def _take(self, seconds: float) -> None:
        if seconds <= 0:
            raise TimeoutError
        self._apply(self.client.event(seconds))

    def _apply(self, event: Event) -> None:
        update = event.payload
        assert self.tick is None or update["tick"] == self.tick + 1, f"tick {update['tick']} after {self.tick}"
        self.tick = update["tick"]
        self.changes.append((event.at, update))
        for host_id, change in update["hosts"].items():
            if change is None:
                self.hosts.pop(host_id, None)
            elif change.get("whole"):
                self.hosts[host_id] = ShownHost({key: value for key, value in change.items() if key != "whole"})
            elif host_id in self.hosts:  # else a part of a host that was not read yet: its page brings the whole
                merge(self.hosts[host_id], change)


def merge(into: dict[str, Any], change: dict[str, Any]) -> None:
    """Merge key by key at every level; None removes a key."""
    for key, value in change.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def applied(revision: int) -> Callable[[dict[str, Any]], bool]:
    """A check of one host: this revision is applied."""

    def check(host: dict[str, Any]) -> bool:
        config = host["config"] or {}
        return (config.get("revision"), config.get("status")) == (revision, "applied")

    return check


def why_away(host: dict[str, Any]) -> str | None:
    """The reason why a host is, or was last, away; None if it never was."""
    reason: str | None = (host["absence"] or {}).get("reason")
    return reason


def metrics_of(host: dict[str, Any]) -> dict[str, Any]:
    """The metrics of a host's newest sample, empty if it has none."""
    metrics: dict[str, Any] = (host.get("sample") or {}).get("metrics", {})
    return metrics
