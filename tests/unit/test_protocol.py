"""The wire refuses by name what is not of its shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import host_settings, payloads, protocol
from components.errors import InvalidPayload

SAMPLE: dict[str, Any] = {
    "run": "5f1c",
    "seq": 1,
    "at": 1.5,
    "revision": 3,
    "metrics": {"cpu_used_ratio": 0.5, "disk_used_bytes": {"/": 5}},
    "failed": {"load": "no answer within 0.5 s"},
}


def sample(**changed: Any) -> dict[str, Any]:
    return {**SAMPLE, **changed}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"x": value}
    return value


def test_a_good_sample_is_taken_and_unknown_fields_are_ignored() -> None:
    parsed = payloads.parse_sample(sample(later="field"))
    assert parsed["metrics"] == {"cpu_used_ratio": 0.5, "disk_used_bytes": {"/": 5.0}}
    assert "later" not in parsed


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        ([], "the sample is a list"),
        (None, "the sample is None"),
        (sample(metrics=[]), "metrics is a list"),
        (sample(metrics={"cpu_used_ratio": "<b>"}), "cpu_used_ratio is '<b>'"),
        (sample(metrics={"cpu_used_ratio": True}), "cpu_used_ratio is True"),
        (sample(metrics={"cpu_used_ratio": float("nan")}), "cpu_used_ratio is nan"),
        (sample(at=1e300), "at is 1e+300; it must be UTC seconds since the epoch"),
        (sample(metrics={"cpu_used_ratio": float("inf")}), "cpu_used_ratio is inf"),
        (sample(metrics={"cpu_used_ratio": 1.2}), "a ratio is at most 1"),
        (sample(metrics={"cpu_core_used_ratio": {"0": 7}}), "cpu_core_used_ratio['0'] is 7"),
        (sample(metrics={"memory_used_bytes": -1}), "cannot be negative"),
        (sample(metrics={"memory_used_bytes": 1e30}), "more than any machine has"),
        (sample(metrics={"memory_used_bytes": 10**400}), "beyond any float"),
        (sample(metrics={"Cpu": 1}), "metric name 'Cpu'"),
        (sample(metrics={"<script>": 1}), "metric name '<script>'"),
        (sample(metrics={7: 1}), "key 7"),
        (sample(metrics={"disk_used_bytes": {"/\x1b[2J": 1}}), "control characters"),
        (sample(metrics={"disk_used_bytes": {"x" * 301: 1}}), "301 characters"),
        (sample(metrics={"disk_used_bytes": deep(50)}), "disk_used_bytes['x'] is a dict"),
        (sample(metrics={f"m{n}": 1 for n in range(10_000)}), "10000 metrics"),
        (sample(metrics={"disk_used_bytes": {str(n): 1 for n in range(10_000)}}), "10000 instances"),
        (
            sample(metrics={f"m{n}": dict.fromkeys(["not\nread", *map(str, range(511))], 1) for n in range(20)}),
            "10240 numbers; at most 5461",
        ),
        (sample(metrics={f"m{n}": {"y" * 290 + str(i): 1 for i in range(20)} for n in range(20)}), "at most 65536"),
        (sample(seq=-1), "seq is -1"),
        (sample(seq=10**5000), "seq is a int"),
        (sample(at="now"), "at is 'now'"),
        (sample(run=""), None),
        (sample(run="r" * 65), "run has 65 characters"),
        (sample(failed={"x": 5}), "x is 5"),
    ],
)
def test_a_bad_sample_is_refused_by_name(payload: Any, named: str | None) -> None:
    if named is None:
        assert payloads.parse_sample(payload)
        return
    with pytest.raises(InvalidPayload) as refused:
        payloads.parse_sample(payload)
    assert named in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("metrics", [{"disk_used_bytes": {"x" * 301: 1.0}}, {"x" * 301: 1.0}], ids=["instance", "metric"])
def test_nothing_is_kept_of_a_name_that_is_too_long(metrics: Any) -> None:
    """What was found of names is remembered: with long ones a host could fill the memory."""

    def kept() -> int:
        return sum(known.cache_info().currsize for known in (payloads._bounds, payloads._is_instance, payloads._instance_size))

    payloads.parse_sample(sample(metrics={"disk_used_bytes": {"/": 1.0}}))
    before = kept()
    with pytest.raises(InvalidPayload):
        payloads.parse_sample(sample(metrics=metrics))
    assert kept() == before


def refusal(parse: Callable[[object], object], payload: object) -> str:
    """What was refused; empty if nothing was."""
    try:
        parse(payload)
    except InvalidPayload as refused:
        return str(refused)
    return ""


wire = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10) | st.integers(), inner, max_size=4),
    max_leaves=20,
)


@given(wire, wire, wire)
def test_whatever_arrives_is_taken_or_refused_and_never_crashes(metrics: Any, failed: Any, other: Any) -> None:
    for payload in (other, sample(metrics=metrics, failed=failed), sample(seq=other, at=other)):
        for parse in (payloads.parse_sample, payloads.parse_config_report, payloads.parse_facts):
            assert not re.search(r"[\x00-\x1f\x7f-\x9f]", refusal(parse, payload))


@pytest.mark.parametrize("setting", host_settings.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_takes_its_default_and_refuses_a_wrong_type(setting: host_settings.Setting) -> None:
    assert setting.check(setting.default) == setting.default
    assert setting.help.endswith(".")
    wrong_types: list[object] = ["yes", None, [], float("nan"), 10**400, 1 if isinstance(setting.default, bool) else True]
    for wrong in wrong_types:
        with pytest.raises(InvalidPayload, match=setting.name):
            setting.check(wrong)


@pytest.mark.parametrize(("interval", "said"), [(0.1, "interval 0.1 s is below 0.2 s"), (3601, "interval 3601 s is above 3600 s")])
def test_a_number_beyond_its_bounds_is_refused_with_the_bound(interval: float, said: str) -> None:
    with pytest.raises(InvalidPayload, match=said):
        host_settings.SETTING["interval"].check(interval)


REPORT: dict[str, Any] = {"epoch": "e", "revision": 1, "status": "applied", "error": "", "locked": {"interval": 5}, "at": 1.0}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"locked": {"interval": 2**64}}, "interval 1.84467e+19 s is above"),
        ({"locked": {"interval": 10**400}}, "interval is beyond any float"),
        ({"locked": {"interval": float("nan")}}, "interval is nan"),
        ({"locked": {"interval": True}}, "interval is True"),
        ({"locked": {"show_cpus": 1}}, "show_cpus is 1"),
        ({"locked": []}, "locked is a list"),
        ({"status": "splendid"}, "status is 'splendid'"),
        ({"revision": 2**64}, "revision is"),
        ({"error": "x" * 501}, "error has 501 characters"),
    ],
)
def test_a_bad_report_is_refused_by_name(changed: dict[str, Any], named: str) -> None:
    """What one host reports is stored and sent to everybody: it must fit the database and every serializer."""
    assert payloads.parse_config_report(REPORT).locked == {"interval": 5.0}
    with pytest.raises(InvalidPayload, match=re.escape(named)):
        payloads.parse_config_report({**REPORT, **changed})


def test_a_mistyped_setting_is_named_but_an_agent_ignores_what_a_newer_hub_knows() -> None:
    with pytest.raises(InvalidPayload, match="there is no setting 'intervall'"):
        host_settings.check_settings({"intervall": 1}, partial=True)
    settings = {setting.name: setting.default for setting in host_settings.SETTINGS}
    assert host_settings.check_settings({**settings, "show_moon": True}) == settings
    with pytest.raises(InvalidPayload, match="interval is missing"):
        host_settings.check_settings({})


def test_what_an_older_hub_does_not_send_has_its_default_and_what_a_newer_one_sends_counts() -> None:
    first_release = {setting.name: setting.default for setting in host_settings.SETTINGS if not setting.later}
    assert set(first_release) == {"interval", "show_cpus", "show_memory", "show_disk", "show_network", "show_load", "disabled"}
    assert host_settings.check_settings(first_release) == {**first_release, "show_temperatures": True}
    assert host_settings.check_settings({**first_release, "show_temperatures": False})["show_temperatures"] is False
    with pytest.raises(InvalidPayload, match="show_temperatures is 'no'"):
        host_settings.check_settings({**first_release, "show_temperatures": "no"})


@pytest.mark.parametrize("host", ["", "abc", "ABCDEFGHIJKL", "abcdefghijkl\n", "host:abcdefghij"])
def test_settings_go_to_exactly_one_well_formed_host(host: str) -> None:
    with pytest.raises(ValueError, match="host id"):
        protocol.config_event({"host": host})
    good = protocol.new_host_id()
    assert protocol.config_event({"host": good}).options == {"eligible_authid": [f"host:{good}"]}


@pytest.mark.parametrize("host", ["", "abc", "abcdefghijkl\n", "host:abcdefghij"])
def test_a_query_goes_to_exactly_one_well_formed_host(host: str) -> None:
    with pytest.raises(ValueError, match="host id"):
        protocol.query_event(host, "q1", "ping", {})
    good = protocol.new_host_id()
    event = protocol.query_event(good, "q1", "processes", {"limit": 5})
    assert (event.topic, event.options) == (protocol.AGENT_ON_QUERY, {"eligible_authid": [f"host:{good}"]})
    assert event.payload == {"host": good, "id": "q1", "kind": "processes", "arguments": {"limit": 5}}


@pytest.mark.parametrize(
    ("authid", "host", "ticket"),
    [
        ("host:abcdefghijk1", "abcdefghijk1", None),
        ("host:abc", None, None),
        ("user:5:abcdefghijk1", None, "abcdefghijk1"),
        ("user:abcdefghijk1", None, None),
        ("xhost:abcdefghijk1", None, None),
        (None, None, None),
    ],
)
def test_an_authid_says_who_it_is_or_nobody(authid: str | None, host: str | None, ticket: str | None) -> None:
    assert protocol.host_of(authid) == host
    assert protocol.ticket_of(authid) == ticket


def test_a_proof_binds_the_code_to_one_key() -> None:
    key = protocol.enrolment_key("secret")
    assert "secret" not in key
    proofs = {protocol.enrolment_proof(k, code, public) for k in (key, protocol.enrolment_key("other")) for code in "ab" for public in "cd"}
    assert len(proofs) == 8


def test_no_exact_uri_is_the_beginning_of_another() -> None:
    """Crossbar matches permissions by the longest stored prefix, and denies where an exact one merely begins the same."""
    uris = [door.uri for door in protocol.DOORS]
    assert len(set(uris)) == len(uris)
    assert not [(one, other) for one in uris for other in uris if one != other and other.startswith(one)]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({}, 0),
        ({"spread": 1}, 1),
        ({"spread": 0.5}, 0.5),
        ({"spread": 1e9}, 5),
        ({"spread": 10**400}, 5),
        ({"spread": float("inf")}, 5),
        ({"spread": -1}, 0),
        ({"spread": -(10**400)}, 0),
        ({"spread": True}, 0),
    ],
)
def test_the_spread_is_a_bounded_number_of_seconds(told: dict[str, Any], seconds: float) -> None:
    assert protocol.spread_of(told) == seconds


@pytest.mark.parametrize("told", [{"spread": "1"}, {"spread": None}, {"spread": float("nan")}, {"spread": []}])
def test_a_spread_that_is_no_number_is_none(told: dict[str, Any]) -> None:
    assert protocol.spread_of(told) == 0.0
