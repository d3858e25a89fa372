"""The admin of hosts and people."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from components.payloads import ConfigReport
from components.protocol import Event
from django_app import services
from django_app.models import Host, Hub, Revision
from django_app.revisions import set_settings
from tests.unit.django_app.conftest import NOW, MakeHost, browser

HOSTS = "/admin/django_app/host/"
CODES = "/admin/django_app/enrolmentcode/"


def url(host: Host) -> str:
    return f"{HOSTS}{host.id}/change/"


def form_of(client: Client, host: Host) -> dict[str, str]:
    """What a browser would send if Save were pressed at once."""
    page = client.get(url(host)).content.decode()
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in attributes or attributes["type"] == "submit" or (attributes["type"] == "checkbox" and " checked" not in tag):
            continue
        fields[attributes["name"]] = html.unescape(attributes.get("value", "on" if attributes["type"] == "checkbox" else ""))
    return fields


def save(client: Client, host: Host, fields: dict[str, str]) -> str:
    response = client.post(url(host), fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def cell(page: str, host: Host, field: str) -> str:
    found = re.search(rf'<span data-host="{host.id}" data-field="{field}"[^>]*>([^<]*)</span>', page)
    assert found, f"no cell {field}"
    return html.unescape(found[1])


# --- who may --------------------------------------------------------------------------------------------------------------------


def test_viewers_may_not(bobs: Client, host: Host) -> None:
    """Without staff status they are told so; with it they still have no permission."""
    response = bobs.get(HOSTS, follow=True)
    assert response.status_code == 403
    assert "no staff status" in response.content.decode()
    User.objects.update(is_staff=True)
    for path in (HOSTS, url(host), f"{CODES}add/", CODES):
        assert bobs.get(path).status_code == 403
    assert bobs.post(url(host), {"name": "mine"}).status_code == 403


def test_who_may_only_look_cannot_save(bob: User, host: Host) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_host"))
    client = browser(bob)
    assert client.get(url(host)).status_code == 200
    assert client.post(url(host), {"name": "mine", "interval": "2"}).status_code == 403
    assert 'value="revoke"' not in client.get(HOSTS).content.decode()
    client.post(HOSTS, {"action": "revoke", "_selected_action": [host.id]})
    host.refresh_from_db()
    assert (host.name, host.access) == ("web1", "approved")


def test_operators_may_not_delete_and_nobody_adds_by_hand(alices: Client, host: Host) -> None:
    assert alices.get(f"{HOSTS}{host.id}/delete/").status_code == 403
    assert alices.get(f"{HOSTS}add/").status_code == 403


# --- the list -------------------------------------------------------------------------------------------------------------------


def test_the_cells_are_right_without_javascript(make_host: MakeHost, alice: User, alices: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, settings and age, in the words of the live page."""
    monkeypatch.setattr("django_app.admin.time.time", lambda: NOW + 3 * 3600 + 60)
    up = make_host("up", connected=True, since=NOW)
    services.report_configs([(up.id, ConfigReport(Hub.current_epoch(), 1, "applied", "", {"interval": 5.0}, NOW), NOW + 0.038)])
    offline = make_host("offline", since=NOW, last_seen_at=NOW)
    failed = make_host("failed", connected=True, since=NOW)
    error = "interval below 0.2 s (kept rev 11)"
    services.report_configs([(failed.id, ConfigReport(Hub.current_epoch(), 1, "failed", error, {}, NOW), NOW)])
    page = alices.get(HOSTS).content.decode()
    assert cell(page, up, "config") == "rev 1 · applied"
    assert cell(page, offline, "config") == "rev 1 · pending (offline 3 h)"
    assert cell(page, failed, "config") == "rev 1 · failed: interval below 0.2 s (kept rev 11)"
    assert (cell(page, up, "status"), cell(page, offline, "status")) == ("up 3 h", "down 3 h")
    assert (cell(page, up, "age"), cell(page, offline, "age")) == ("–", "3 h ago")
    assert "interval 5 s" in page
    assert '<script src="/static/test/js/admin-hosts.js" type="module"></script>' in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_often_however_long_it_is(
    count: int, make_host: MakeHost, alices: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        make_host()
    with django_assert_max_num_queries(13):
        assert alices.get(HOSTS).status_code == 200


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"up", "down", "off", "out"}),
        ("status=up", {"up"}),
        ("status=down", {"down"}),
        ("status=disabled", {"off"}),
        ("status=revoked", {"out"}),
        ("settings=applied", {"up"}),
        ("settings=pending", {"down", "off", "out"}),
        ("settings=failed", set()),
        ("tag=web", {"up", "down"}),
        ("tag=nothing", set()),
        ("access__exact=revoked", {"out"}),
        ("disabled__exact=1", {"off"}),
        ("q=192.0.2.7", {"up"}),
        ("q=oracle", {"down"}),
        ("q=münchen", {"off"}),
        ("q=Mün off", {"off"}),
        ("q=Mün up", set()),
    ],
)
def test_filters_and_search(query: str, names: set[str], make_host: MakeHost, alices: Client) -> None:
    up = make_host("up", connected=True, tags=["web"], address="192.0.2.7")
    make_host("down", tags=["web", "oracle"])
    make_host("off", disabled=True, tags=["München"])
    make_host("out", access="revoked")
    services.report_configs([(up.id, ConfigReport(Hub.current_epoch(), 1, "applied", "", {}, NOW), NOW)])
    response = alices.get(f"{HOSTS}?{query}")
    assert {host.name for host in response.context["cl"].result_list} == names


def test_bulk_actions(make_host: MakeHost, alices: Client, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """By the same code path as Save: revisions, with who."""
    hosts = [make_host().id for _ in range(3)]
    for action, disabled in (("disable", True), ("enable", False)):
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            page = alices.post(HOSTS, {"action": action, "_selected_action": hosts[:2]}, follow=True).content.decode()
        assert f"2 hosts {action}d." in page
        assert list(Host.objects.filter(pk__in=hosts[:2]).values_list("disabled", flat=True)) == [disabled] * 2
        assert sent == [Event("vedette.config.on_change", {"hosts": sorted(hosts[:2])}, {})]
    assert set(Revision.objects.filter(number=3).values_list("host", "by", "origin")) == {
        (host, alice.pk, "admin, bulk") for host in hosts[:2]
    }


def test_revoke(make_host: MakeHost, alices: Client, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    goes, stays = make_host(), make_host()
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 host revoked." in alices.post(HOSTS, {"action": "revoke", "_selected_action": [goes.id]}, follow=True).content.decode()
    assert dict(Host.objects.values_list("pk", "access")) == {goes.id: "revoked", stays.id: "approved"}
    assert Event("vedette.auth.on_revoke", {"kind": "host", "id": goes.id}, {}) in sent


# --- the form -------------------------------------------------------------------------------------------------------------------


def test_unticking_a_box(host: Host, alices: Client, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    fields = form_of(alices, host)
    assert fields["show_cpus"] == "on"
    assert "Show CPUs" in alices.get(url(host)).content.decode()
    del fields["show_cpus"]
    with django_capture_on_commit_callbacks(execute=True):
        save(alices, host, fields)
    host.refresh_from_db()
    assert (host.show_cpus, host.revision) == (False, 2)
    revision = Revision.objects.get(number=2)
    assert (revision.by, revision.origin, revision.settings["show_cpus"]) == (alice, "admin", False)
    assert sent == [Event("vedette.config.on_change", {"hosts": [host.id]}, {})]


def test_saving_without_a_change(host: Host, alices: Client) -> None:
    save(alices, host, form_of(alices, host))
    assert Revision.objects.count() == 1


def test_a_new_name_and_tags(host: Host, alices: Client) -> None:
    save(alices, host, {**form_of(alices, host), "name": " db1 ", "tags": "db, berlin,,db"})
    host.refresh_from_db()
    assert (host.name, host.tags, host.revision) == ("db1", ["db", "berlin"], 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("interval", "0.1"),
        ("interval", "3601"),
        ("interval", "nan"),
        ("interval", ""),
        ("name", ""),
        ("name", "a\x1bb"),
        ("tags", "x" * 41),
        ("seen", "{"),
    ],
)
def test_what_the_form_refuses(field: str, value: str, host: Host, alices: Client) -> None:
    response = alices.post(url(host), {**form_of(alices, host), field: value})
    assert field in response.context["adminform"].form.errors
    host.refresh_from_db()
    assert (host.revision, host.name) == (1, "web1")


def test_a_form_that_lay_open_undoes_nothing(host: Host, alices: Client, alice: User) -> None:
    """Another's change is kept, and named."""
    fields = form_of(alices, host)
    services.change_hosts(alice.pk, [host.id], {"interval": 7, "show_disk": False}, {}, now=NOW)
    page = save(alices, host, {**fields, "show_load": ""})
    host.refresh_from_db()
    assert (host.interval, host.show_disk, host.show_load, host.revision) == (7.0, False, False, 3)
    assert "While this form was open, somebody changed interval to 7 s; that was kept." in page
    assert "While this form was open, somebody changed show_disk to off; that was kept." in page


def test_both_changed_the_same_field(host: Host, alices: Client, alice: User) -> None:
    """The later one counts, and is told what it replaced."""
    fields = form_of(alices, host)
    services.change_hosts(alice.pk, [host.id], {"interval": 7}, {}, now=NOW)
    page = save(alices, host, {**fields, "interval": "3"})
    host.refresh_from_db()
    assert host.interval == 3.0
    assert "While this form was open, somebody changed interval to 7 s; your 3 s replaced it." in page


def test_a_form_that_does_not_say_what_it_showed(host: Host, alices: Client) -> None:
    """As a script sends it: every field counts."""
    fields = form_of(alices, host)
    for seen in ("", "null", "[]", '{"interval": 9}'):
        save(alices, host, {**fields, "seen": seen, "interval": "4"})
        host.refresh_from_db()
        assert host.interval == 4.0
        Host.objects.update(interval=1.0)


def test_what_a_host_says_is_shown_harmlessly(make_host: MakeHost, alices: Client) -> None:
    evil = "<script>alert(1)</script>"
    host = make_host(evil, tags=[evil], facts={"system": evil, evil: evil}, stopped=evil)
    services.report_configs([(host.id, ConfigReport(Hub.current_epoch(), 1, "failed", evil, {}, NOW), NOW)])
    for path in (HOSTS, url(host)):
        page = alices.get(path).content.decode()
        assert evil not in page
        assert html.escape(evil) in page


def test_the_log_of_revisions(host: Host, alices: Client, alice: User) -> None:
    """Newest first: who, what, when, outcome."""
    services.report_configs([(host.id, ConfigReport(Hub.current_epoch(), 1, "applied", "", {}, NOW), NOW + 0.038)])
    set_settings(alice.pk, [host.id], {"interval": 5, "show_cpus": False}, now=NOW, origin="admin")
    page = alices.get(url(host)).content.decode()
    table = page[page.index("<table>") :]
    second, first = (re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)[1:3])
    assert (second[0], second[2], second[3], second[4]) == ("2", "alice, admin", "interval 5 s, show_cpus off", "pending")
    assert (first[0], first[2], first[4]) == ("1", "setup", "applied")


def test_the_account_form_says_what_operators_may(alices: Client, alice: User) -> None:
    User.objects.update(is_superuser=True)
    page = alices.get(f"/admin/auth/user/{alice.pk}/change/").content.decode()
    assert "Members of the group “operators” may also change settings" in page
