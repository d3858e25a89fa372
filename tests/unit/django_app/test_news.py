"""What waits for the bridge is told together: news of many hosts is one message."""

from __future__ import annotations

from components.protocol import AUTH_ON_REVOKE, CONFIG_ON_CHANGE, MAX_CHANGED_HOSTS, Event
from django_app.news import together


def changed(*hosts: str) -> Event:
    return Event(CONFIG_ON_CHANGE, {"hosts": list(hosts)}, {})


def revoked(kind: str, ident: str) -> Event:
    return Event(AUTH_ON_REVOKE, {"kind": kind, "id": ident}, {})


def test_hosts_that_changed_are_one_list_each_named_once() -> None:
    assert together([changed("a", "b"), changed("b", "c"), changed("a")]) == [changed("a", "b", "c")]


def test_so_many_as_fit_into_one_message() -> None:
    ids = [f"{number:012}" for number in range(2 * MAX_CHANGED_HOSTS + 1)]
    assert [len(event.payload["hosts"]) for event in together([changed(*ids[:MAX_CHANGED_HOSTS]), changed(*ids)])] == [
        MAX_CHANGED_HOSTS,
        MAX_CHANGED_HOSTS,
        1,
    ]


def test_who_may_have_lost_a_right_is_named_if_it_is_one() -> None:
    """Deleting hosts announces both of each, in turns."""
    events = [event for host in ("a", "b", "c") for event in (revoked("host", host), changed(host))]
    assert together(events) == [revoked("host", ""), changed("a", "b", "c")]
    assert together([revoked("user", "1"), revoked("user", "1"), revoked("session", "1")]) == [
        revoked("user", "1"),
        revoked("session", "1"),
    ]


def test_anything_else_is_told_as_it_is() -> None:
    other = Event("topic", {"number": 1}, {"eligible_authid": ["host:abc"]})
    assert together([other, changed("a"), other]) == [other, changed("a"), other]
    assert together([]) == []
