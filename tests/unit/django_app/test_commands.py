"""`addhost`, and the system checks."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from django_app import checks
from django_app.models import EnrolmentCode


@pytest.mark.django_db
def test_addhost_prints_the_code_and_the_command() -> None:
    """The code stands in the environment of the command, not among its arguments."""
    out = StringIO()
    call_command("addhost", "web1", stdout=out)
    code = EnrolmentCode.objects.get()
    assert code.name == "web1"
    assert f"    {code.id}." in out.getvalue()
    assert f"VEDETTE_HUB=ws://localhost:8080/ws VEDETTE_ENROL_CODE={code.id}." in out.getvalue()
    assert " vedette-agent\n" in out.getvalue()
    assert "works on the hub's own machine only" in out.getvalue()
    assert f"in the database {connection.settings_dict['NAME']}" in out.getvalue()


@pytest.mark.django_db
def test_addhost_has_no_warning_where_other_hosts_can_reach_the_hub(settings: Any) -> None:
    settings.PUBLIC_URLS = ["https://hub.example.com"]
    out = StringIO()
    call_command("addhost", "web1", stdout=out)
    assert "VEDETTE_HUB=wss://hub.example.com/ws" in out.getvalue()
    assert "own machine only" not in out.getvalue()


@pytest.mark.django_db
def test_addhost_quiet_prints_the_code_alone() -> None:
    out = StringIO()
    call_command("addhost", "web1", "--quiet", stdout=out)
    code_id, _, secret = out.getvalue().strip().partition(".")
    assert (code_id, len(secret)) == (EnrolmentCode.objects.get().id, 32)


@pytest.mark.django_db
def test_addhost_for_several_hosts() -> None:
    out = StringIO()
    call_command("addhost", "rack", "--uses", "5", "--valid", "8h", stdout=out)
    code = EnrolmentCode.objects.get()
    assert (code.name, code.uses, round(code.expires_at - code.at)) == ("rack", 5, 8 * 3600)
    assert "The code for rack, to be used 5 times within 8 h:" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--uses", "0"], "0 uses; a code may have 1 to 10000"),
        (["--uses", "10001"], "10001 uses"),
        (["--uses", "many"], "invalid int value"),
        (["--valid", "31d"], "at most 30 d"),
        (["--valid", "0s"], "valid for 0 s"),
        (["--valid", "soon"], "'soon' is no time"),
    ],
)
def test_addhost_refuses_bad_numbers_and_times(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("addhost", "rack", *arguments)
    assert not EnrolmentCode.objects.exists()


@pytest.mark.django_db
def test_addhost_refuses_a_bad_name() -> None:
    with pytest.raises(CommandError, match="printable"):
        call_command("addhost", "a\nb")


@pytest.mark.django_db
def test_addhost_before_the_first_start() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_app_enrolmentcode RENAME TO away")
    with pytest.raises(CommandError, match=r"crossbar start.*VEDETTE_DATA") as caught:
        call_command("addhost", "web1")
    assert str(connection.settings_dict["NAME"]) in str(caught.value)


def test_checks_pass(settings: Any) -> None:
    assert [*checks.check_debug(), *checks.check_data_directory(), *checks.check_public_urls()] == []


def test_checks_warn(settings: Any) -> None:
    """Each with its id and a hint."""
    settings.DEBUG = True
    settings.DATA_DIR.chmod(0o755)
    settings.PUBLIC_URLS = ["https://hub.example.org", "http://hub.lan:8080"]
    found = [*checks.check_debug(), *checks.check_data_directory(), *checks.check_public_urls()]
    assert [message.id for message in found] == ["vedette.E001", "vedette.W001", "vedette.W002"]
    assert all(message.hint for message in found)
