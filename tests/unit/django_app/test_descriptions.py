"""Names and tags: what people see of a host, stored, audited and announced."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import User

from components.errors import InvalidPayload, NotAllowed, UnknownHost
from components.protocol import Event
from django_app import services
from django_app.descriptions import describe_host, tag_hosts
from django_app.models import AuditEntry, Host
from tests.unit.django_app.conftest import NOW, MakeHost


def test_a_new_name_is_no_revision(host: Host, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        describe_host(alice.pk, host.id, now=NOW, name=" db1 ", tags=["b", " a ", "b", ""])
    host.refresh_from_db()
    assert (host.name, host.tags, host.revision) == ("db1", ["b", "a"], 1)
    assert sent == [Event("vedette.config.on_change", {"hosts": [host.id]}, {})]


@pytest.mark.parametrize(
    "about", [{"name": ""}, {"name": "a\x00"}, {"tags": ["a,b"]}, {"tags": ["x" * 41]}, {"tags": [str(n) for n in range(21)]}]
)
def test_a_bad_name_or_tag_is_refused(about: dict[str, Any], host: Host, alice: User) -> None:
    with pytest.raises(InvalidPayload):
        describe_host(alice.pk, host.id, now=NOW, **about)


def test_a_viewer_may_not_rename(host: Host, bob: User) -> None:
    with pytest.raises(NotAllowed):
        describe_host(bob.pk, host.id, now=NOW, name="mine")


# --- tags of many hosts -----------------------------------------------------------------------------------------------------------


def tags_of(*hosts: Host) -> list[list[str]]:
    return [Host.objects.get(pk=host.pk).tags for host in hosts]


def test_tags_are_added_and_removed(make_host: MakeHost, alice: User) -> None:
    """Each host keeps its others, in their order."""
    one, two = make_host(tags=["web", "old", "berlin"]), make_host(tags=["db"])
    assert set(tag_hosts(alice.pk, [one.id, two.id], {"add": ["db", " new "], "remove": ["old"]}, now=NOW)) == {one.id, two.id}
    assert tags_of(one, two) == [["web", "berlin", "db", "new"], ["db", "new"]]
    assert {host.revision for host in Host.objects.all()} == {1}


def test_who_has_the_tags_already_is_not_changed(
    make_host: MakeHost, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any
) -> None:
    """Neither announced nor audited."""
    one, two = make_host(tags=["web"]), make_host()
    before = AuditEntry.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        assert tag_hosts(alice.pk, [one.id, two.id], {"add": ["web"], "remove": ["none"]}, now=NOW) == [two.id]
    assert sent == [Event("vedette.config.on_change", {"hosts": [two.id]}, {})]
    assert AuditEntry.objects.count() == before + 1


def test_who_tagged_what_is_in_the_audit_log(make_host: MakeHost, alice: User) -> None:
    host = make_host("db1", tags=["a"])
    tag_hosts(alice.pk, [host.id], {"add": ["b"]}, now=NOW)
    entry = AuditEntry.objects.latest("id")
    assert (entry.kind, entry.text, entry.who, entry.host) == ("described", "db1: tags a, b (dashboard)", "alice", host.id)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"add": "web"}, "add is 'web'"),
        ({"add": [7]}, "the tag 7 in add"),
        ({"add": ["a,b"]}, "the tag 'a,b' is not"),
        ({"add": ["x" * 41]}, "the tag 'xxxx"),
        ({"add": ["\x1b[2J"]}, "the tag"),
        ({"add": [str(n) for n in range(21)]}, "21 tags"),
        ({"add": ["web"], "remove": ["web"]}, "'web' is both"),
        ({"set": ["web"]}, "tags has 'set'; there are add and remove"),
        ({"add": [str(n) for n in range(19)]}, "with the tag '18', full would have 21 tags"),
    ],
)
def test_bad_tags_change_nothing(tags: dict[str, Any], words: str, make_host: MakeHost, alice: User) -> None:
    """And the message names the tag."""
    empty, full = make_host("empty"), make_host("full", tags=["p", "q"])
    with pytest.raises(InvalidPayload, match=words):
        services.change_hosts(alice.pk, [empty.id, full.id], {"interval": 5}, tags, now=NOW)
    assert tags_of(empty, full) == [[], ["p", "q"]]
    assert {host.revision for host in Host.objects.all()} == {1}


def test_settings_that_are_refused_leave_the_tags(host: Host, alice: User) -> None:
    with pytest.raises(InvalidPayload, match="interval"):
        services.change_hosts(alice.pk, [host.id], {"interval": 0.1}, {"add": ["web"]}, now=NOW)
    assert tags_of(host) == [[]]


def test_settings_and_tags_in_one_go(host: Host, alice: User) -> None:
    assert services.change_hosts(alice.pk, [host.id], {"interval": 5}, {"add": ["web"]}, now=NOW) == {host.id: 2}
    assert services.change_hosts(alice.pk, [host.id], {}, {"remove": ["web"]}, now=NOW) == {host.id: 2}
    assert tags_of(host) == [[]]


def test_a_viewer_may_not_tag_and_nobody_tags_an_unknown_host(host: Host, alice: User, bob: User) -> None:
    with pytest.raises(NotAllowed):
        services.change_hosts(bob.pk, [host.id], {}, {"add": ["web"]}, now=NOW)
    with pytest.raises(UnknownHost, match="zzzzzzzzzzzz"):
        services.change_hosts(alice.pk, [host.id, "zzzzzzzzzzzz"], {}, {"add": ["web"]}, now=NOW)
    assert tags_of(host) == [[]]


def test_1000_hosts_are_tagged_at_once(make_host: MakeHost, alice: User, django_assert_max_num_queries: Any) -> None:
    """In one transaction, with queries that do not grow with the hosts."""
    hosts = [make_host(f"host {number}", tags=[f"rack{number % 7}"]).id for number in range(1000)]
    started = time.thread_time()  # what it takes, not what others take meanwhile
    with django_assert_max_num_queries(40):
        assert len(tag_hosts(alice.pk, hosts, {"add": ["web"]}, now=NOW)) == 1000
    assert time.thread_time() - started < 2.0
    assert AuditEntry.objects.filter(kind="described").count() == 1000
