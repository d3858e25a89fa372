"""Comparing two revisions of a host, and restoring one."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from components.errors import InvalidPayload, NotAllowed, UnknownHost
from components.protocol import Event
from django_app.models import AuditEntry, Host, Revision
from django_app.revisions import restore_revision, set_settings
from tests.unit.django_app.conftest import NOW, PROXY_SECRET, MakeHost, browser


@pytest.fixture
def changed(host: Host, alice: User) -> Host:
    """A host with three revisions: the default, other settings, and others again."""
    set_settings(alice.pk, [host.id], {"interval": 5, "show_cpus": False}, now=NOW, origin="admin")
    set_settings(alice.pk, [host.id], {"interval": 7, "disabled": True}, now=NOW, origin="admin")
    return Host.objects.get(pk=host.pk)


def page_of(host: Host, query: str = "") -> str:
    return f"/admin/django_app/host/{host.id}/revisions/{query}"


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def restore(client: Client, host: Host, number: object) -> str:
    """The page after pressing the button."""
    response = client.post(page_of(host), {"restore": number}, follow=True)
    assert response.redirect_chain == [(f"/admin/django_app/host/{host.id}/change/", 302)]
    return html.unescape(response.content.decode())


# --- restoring ----------------------------------------------------------------------------------------------------------------------


def test_restoring_makes_a_new_revision(changed: Host, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """Through the same path as every change: announced, and in the audit log."""
    with django_capture_on_commit_callbacks(execute=True):
        assert restore_revision(alice.pk, changed.id, 2, NOW) == 4
    changed.refresh_from_db()
    assert (changed.revision, changed.interval, changed.show_cpus, changed.disabled) == (4, 5.0, False, False)
    revision = Revision.objects.get(number=4)
    assert (revision.by, revision.origin, revision.settings) == (alice, "restored rev 2", Revision.objects.get(number=2).settings)
    assert sent == [Event("vedette.config.on_change", {"hosts": [changed.id]}, {})]
    entry = AuditEntry.objects.filter(kind="settings").latest("id")
    assert entry.text == "rev 4 of web1: interval 5 s, disabled off (restored rev 2)"


def test_restoring_what_is_so_already_makes_none(changed: Host, alice: User) -> None:
    restore_revision(alice.pk, changed.id, 1, NOW)
    assert restore_revision(alice.pk, changed.id, 1, NOW) is None
    assert restore_revision(alice.pk, changed.id, 4, NOW) is None
    assert Revision.objects.count() == 4


def test_an_old_revision_of_another_version_of_the_hub(changed: Host, alice: User) -> None:
    """What today's hub does not know is left out, what the old one did not know keeps its value."""
    Revision.objects.filter(number=1).update(settings={"interval": 9, "show_gpu": True})
    assert restore_revision(alice.pk, changed.id, 1, NOW) == 4
    changed.refresh_from_db()
    assert (changed.interval, changed.show_cpus, changed.disabled) == (9.0, False, True)
    assert "show_gpu" not in Revision.objects.get(number=4).settings


def test_what_is_out_of_todays_bounds_is_refused_by_name(changed: Host, alice: User, alices: Client) -> None:
    """And nothing of it is restored."""
    Revision.objects.filter(number=1).update(settings={"disabled": False, "interval": 0.01})
    with pytest.raises(InvalidPayload, match=r"interval 0\.01 s is below 0\.2 s"):
        restore_revision(alice.pk, changed.id, 1, NOW)
    assert "Rev 1 was not restored: interval 0.01 s is below 0.2 s" in restore(alices, changed, 1)
    changed.refresh_from_db()
    assert (changed.revision, changed.disabled) == (3, True)


def test_what_is_not_there_is_refused(changed: Host, make_host: MakeHost, alice: User) -> None:
    """Neither a revision of another host."""
    another = make_host()
    for number in (0, 2, 99):
        with pytest.raises(InvalidPayload, match=f"no revision {number}"):
            restore_revision(alice.pk, another.id, number, NOW)
    with pytest.raises(UnknownHost):
        restore_revision(alice.pk, "zzzzzzzzzzzz", 1, NOW)


def test_a_viewer_may_not_restore(changed: Host, bob: User) -> None:
    with pytest.raises(NotAllowed):
        restore_revision(bob.pk, changed.id, 1, NOW)


# --- the page -----------------------------------------------------------------------------------------------------------------------


def test_the_page_shows_both_and_what_changed(changed: Host, alices: Client) -> None:
    """In a word, and not by colour alone; with who, when and what became of each."""
    page = text_of(alices, page_of(changed, "?from=1&to=2"))
    rows = {row[0]: row[1:] for row in (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in re.findall(r"<tr.*?</tr>", page))}
    mark = ' <span class="mark">changed</span>'
    assert rows["interval" + mark] == ["1 s", "5 s"]
    assert rows["show_cpus" + mark] == ["on", "off"]
    assert rows["show_memory"] == ["on", "on"]
    assert rows["who"] == ["setup", "alice, admin"]
    assert rows["outcome"] == ["superseded before its outcome was known"] * 2
    assert rows["when"][0].endswith(" UTC")
    assert '<option value="2" selected>rev 2</option>' in page


def test_without_a_choice_the_newest_two_are_compared(changed: Host, alices: Client) -> None:
    page = text_of(alices, page_of(changed))
    assert "rev 3 (current)" in page
    assert "Restore rev 2" in page
    assert "Restore rev 3" not in page


def test_a_setting_that_one_revision_does_not_have(changed: Host, alices: Client) -> None:
    Revision.objects.filter(number=1).update(settings={"interval": 9, "show_gpu": True, "<b>": 1})
    page = text_of(alices, page_of(changed, "?from=1&to=3"))
    assert re.search(r"show_gpu .*changed</span></th><td>True</td><td>–</td>", page)
    assert re.search(r"show_load .*changed</span></th><td>–</td><td>on</td>", page)
    assert "&lt;b&gt;" in alices.get(page_of(changed, "?from=1&to=3")).content.decode()


@pytest.mark.parametrize("query", ["?from=9", "?to=0", "?from=-1", "?from=x", "?from=", "?to=99999999999999999999", "?to=²"])
def test_a_revision_that_is_not_there(query: str, changed: Host, alices: Client) -> None:
    assert alices.get(page_of(changed, query)).status_code == 404


def test_a_host_that_is_not_there(alices: Client) -> None:
    assert alices.get("/admin/django_app/host/zzzzzzzzzzzz/revisions/").status_code == 404


def test_the_hosts_page_leads_to_it(changed: Host, alices: Client) -> None:
    """Each revision is compared with the newest, the newest with the one before it; a single one with nothing."""
    page = text_of(alices, f"/admin/django_app/host/{changed.id}/change/")
    links = re.findall(r'<a href="([^"]*revisions/[^"]*)" aria-label="([^"]*)"', page)
    assert links == [
        (page_of(changed, "?from=2&to=3"), "Compare rev 3 with rev 2"),
        (page_of(changed, "?from=2&to=3"), "Compare rev 2 with rev 3"),
        (page_of(changed, "?from=1&to=3"), "Compare rev 1 with rev 3"),
    ]


def test_a_single_revision_is_compared_with_nothing(host: Host, alices: Client) -> None:
    assert ">Compare</a>" not in text_of(alices, f"/admin/django_app/host/{host.id}/change/")
    assert "changed" not in text_of(alices, page_of(host))


def test_the_button(changed: Host, alices: Client) -> None:
    """Back to the host, with what became of it."""
    assert "The settings of rev 1 are restored as rev 4." in restore(alices, changed, 1)
    assert "The settings are those of rev 1 already; there is no new revision." in restore(alices, changed, 1)
    assert "Rev 99 was not restored: web1 has no revision 99." in restore(alices, changed, 99)
    for number in ("", "x", "-1"):
        assert alices.post(page_of(changed), {"restore": number}).status_code == 404


def test_strangers_and_viewers_may_not(changed: Host, charlies: Client, bob: User) -> None:
    """Nor somebody who is staff and no more; who may look at hosts may compare, and not restore."""
    assert charlies.get(page_of(changed)).status_code == 302
    assert charlies.post(page_of(changed), {"restore": 1}).status_code == 302
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    for response in (browser(bob).get(page_of(changed)), browser(bob).post(page_of(changed), {"restore": 1})):
        assert response.status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="view_host"))
    looker = browser(User.objects.get(pk=bob.pk))
    assert "Restore" not in text_of(looker, page_of(changed))
    assert looker.post(page_of(changed), {"restore": 1}).status_code == 403
    assert Revision.objects.count() == 3


def test_another_sites_page_restores_nothing(changed: Host, alice: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"x-vedette-proxy": PROXY_SECRET})
    client.force_login(alice)
    assert client.post(page_of(changed), {"restore": 1}).status_code == 403
    assert Revision.objects.count() == 3
