"""Who becomes a host, and who is refused, by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from components.errors import (
    CodeExpired,
    CodeForged,
    CodeUnknown,
    CodeUsed,
    InvalidPayload,
    JoinRefused,
    KeyRevoked,
    NotAllowed,
    NotApproved,
)
from components.protocol import Event, enrolment_key, enrolment_proof, fingerprint, host_authid
from django_app import services
from django_app.admission import make_code
from django_app.hosts import revoke_hosts
from django_app.models import EnrolmentCode, Host, JoinRequest, Revision
from tests.unit.django_app.conftest import NOW, MakeHost

KEY = "ab" * 32
OTHER_KEY = "cd" * 32


def enrolment(text: str, public_key: str = KEY) -> services.Enrolment:
    """What an agent with this key makes of the code it was given."""
    code_id, _, secret = text.partition(".")
    return services.Enrolment(code_id, enrolment_proof(enrolment_key(secret), code_id, public_key))


def admit(enrolment: services.Enrolment | None = None, *, key: str = KEY, now: float = NOW, name: str = "proposed") -> services.Principal:
    return services.admit_agent(services.AgentHello(key, name, "", enrolment), address="192.0.2.7", now=now)


@pytest.fixture
def code(db: None) -> str:
    """The text of a fresh code for `web1`."""
    return make_code("web1", by_id=None, now=NOW).text


def test_a_code_makes_a_host(code: str) -> None:
    """The host gets the code's name, the default settings and a first revision that waits for its outcome."""
    principal = admit(enrolment(code))
    host = Host.objects.get()
    assert principal == services.Principal(host_authid(host.id), "agent")
    assert (host.name, host.public_key, host.address, host.access) == ("web1", KEY, "192.0.2.7", "approved")
    revision = Revision.objects.get()
    assert (revision.number, revision.status, revision.settings) == (1, "pending", host.settings())
    used = EnrolmentCode.objects.get()
    assert (used.used_at, used.used, host.code) == (NOW, 1, used)


def test_a_known_key_needs_no_code(code: str) -> None:
    """Also when the agent still shows the code, used by then."""
    first = admit(enrolment(code))
    assert admit() == first
    assert admit(enrolment(code), now=NOW + 9999) == first
    assert Host.objects.count() == 1


@pytest.mark.django_db
def test_an_unknown_key_waits_for_approval() -> None:
    with pytest.raises(NotApproved, match=fingerprint(KEY)):
        admit()


def test_a_key_that_waits_and_gets_a_code_waits_no_longer(code: str, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """What it waited under is gone, and that is announced."""
    with pytest.raises(NotApproved):
        admit()
    waited_as = JoinRequest.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        admit(enrolment(code))
    assert not JoinRequest.objects.exists()
    assert [event.payload for event in sent] == [{"hosts": [waited_as]}, {"hosts": [Host.objects.get().pk]}]


def test_a_used_code_is_refused(code: str) -> None:
    admit(enrolment(code))
    with pytest.raises(CodeUsed, match=code.partition(".")[0]):
        admit(enrolment(code, OTHER_KEY), key=OTHER_KEY)


def test_an_expired_code_is_refused(code: str) -> None:
    with pytest.raises(CodeExpired, match=r"expired 3 min ago; make a new one with: python manage\.py addhost NAME"):
        admit(enrolment(code), now=NOW + 600 + 180)


def test_a_forged_proof_is_refused(code: str) -> None:
    """A wrong secret, and a right one for another key."""
    code_id = code.partition(".")[0]
    for forged in (enrolment(f"{code_id}.{'0' * 32}"), enrolment(code, OTHER_KEY), services.Enrolment(code_id, "é")):
        with pytest.raises(CodeForged, match=code_id):
            admit(forged)
    assert not Host.objects.exists()


def test_whoever_forges_learns_nothing_of_the_code(code: str) -> None:
    """A used or expired code is called forged without its secret."""
    admit(enrolment(code))
    with pytest.raises(CodeForged):
        admit(enrolment(code, KEY), key=OTHER_KEY, now=NOW + 9999)


@pytest.mark.django_db
def test_a_foreign_code_is_refused() -> None:
    with pytest.raises(CodeUnknown, match="zzzzzzzzzzzz"):
        admit(enrolment("zzzzzzzzzzzz.secret"))


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "AB" * 32, "ab" * 31, "ab" * 32 + "\n", "zz" * 32])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidPayload):
        admit(key=key)


def test_the_secret_is_not_stored(code: str) -> None:
    secret = code.partition(".")[2]
    assert len(secret) == 32
    assert all(secret not in str(value) for value in EnrolmentCode.objects.values_list().get())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options", [{"uses": 0}, {"uses": -1}, {"uses": 10_001}, {"seconds": 0.0}, {"seconds": -1.0}, {"seconds": 30 * 86_400 + 1}]
)
def test_a_code_has_bounds(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidPayload, match="a code may"):
        make_code("rack", by_id=None, now=NOW, **options)
    assert not EnrolmentCode.objects.exists()


@pytest.mark.django_db
def test_a_code_for_several_hosts() -> None:
    """Each has the name that it proposes; the code is used up by the last, and expires as any other."""
    code = make_code("rack", by_id=None, now=NOW, uses=2, seconds=3600).text
    for name, key in (("one", KEY), ("two", OTHER_KEY)):
        admit(enrolment(code, key), key=key, name=name, now=NOW + 3599)
    assert sorted(Host.objects.values_list("name", flat=True)) == ["one", "two"]
    assert (EnrolmentCode.objects.get().used, EnrolmentCode.objects.get().hosts.count()) == (2, 2)
    with pytest.raises(CodeUsed, match="2 hosts enrolled"):
        admit(enrolment(code, "ef" * 32), key="ef" * 32)
    late = make_code("rack", by_id=None, now=NOW, uses=2, seconds=3600).text
    with pytest.raises(CodeExpired):
        admit(enrolment(late, "ef" * 32), key="ef" * 32, now=NOW + 3600)


@pytest.mark.django_db
def test_a_host_uses_a_code_once_however_often_it_joins() -> None:
    code = make_code("rack", by_id=None, now=NOW, uses=2).text
    for _ in range(3):
        admit(enrolment(code))
    assert EnrolmentCode.objects.get().used == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("uses", [1, 3])
def test_many_keys_race_for_one_code(uses: int) -> None:
    """Exactly as many as it has uses get it, and each of them is one host."""
    code = make_code("rack", by_id=None, now=NOW, uses=uses).text

    def join(key: str) -> str:
        try:
            return admit(enrolment(code, key), key=key).role
        except JoinRefused as error:
            return error.uri
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(join, [f"{number:064x}" for number in range(12)]))
    assert (outcomes.count("agent"), outcomes.count("vedette.error.code_used")) == (uses, 12 - uses)
    assert (Host.objects.count(), EnrolmentCode.objects.get().used) == (uses, uses)


def test_a_revoked_host_needs_a_new_code(alice: User, code: str) -> None:
    """With it the host is the same as before, under its new name."""
    first = admit(enrolment(code))
    revoke_hosts(alice.pk, [Host.objects.get().id], now=NOW)
    with pytest.raises(KeyRevoked, match="abababab"):
        admit()
    with pytest.raises(KeyRevoked, match="abababab"):  # an agent shows the code it was started with at every join
        admit(enrolment(code))
    assert admit(enrolment(make_code("web1b", by_id=None, now=NOW).text)) == first
    assert Host.objects.get().name == "web1b"


def test_revoking_announces(host: Host, alice: User, sent: list[Event], django_capture_on_commit_callbacks: object) -> None:
    """Once for each host that was in."""
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture
        assert revoke_hosts(alice.pk, [host.id, "unknown"], now=NOW) == [host.id]
        assert revoke_hosts(alice.pk, [host.id], now=NOW) == []
    assert [(event.topic, event.payload) for event in sent] == [
        ("vedette.auth.on_revoke", {"kind": "host", "id": host.id}),
        ("vedette.config.on_change", {"hosts": [host.id]}),
    ]


def test_a_viewer_may_not_revoke(host: Host, bob: User) -> None:
    with pytest.raises(NotAllowed):
        revoke_hosts(bob.pk, [host.id], now=NOW)


def test_the_local_host_is_enrolled_once(db: None) -> None:
    """Under a printable name; revoked, it stays revoked."""
    host_id = services.enrol_local_host(KEY, "hub\x00\x1b[31m", NOW)
    assert services.enrol_local_host(KEY, "another", NOW) == host_id
    assert Host.objects.get().name == "hub��[31m"
    Host.objects.update(access="revoked")
    assert services.enrol_local_host(KEY, "hub", NOW) == host_id
    with pytest.raises(KeyRevoked):
        admit()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101, "\x1b[31m"])
def test_a_bad_name_gets_no_code(name: str) -> None:
    with pytest.raises(InvalidPayload, match="printable"):
        make_code(name, by_id=None, now=NOW)


def test_hosts_may_share_a_name(make_host: MakeHost) -> None:
    assert make_host("web").id != make_host("web").id
