"""Queries and answers: what is asked is checked, what a host answers is hostile until it is parsed."""

from __future__ import annotations

from typing import Any

import pytest

from components.errors import InvalidPayload, NoAnswer, QueryRefused, VedetteError
from components.queries import (
    MAX_ANSWER_BYTES,
    MAX_PROCESSES,
    Kind,
    Query,
    check_kind,
    parse_answer,
    parse_query,
    parse_result,
)

PROCESS = {"pid": 1, "name": "init", "user": "root", "cpu_cores": 0.5, "memory_bytes": 1e6, "started_at": 1789000000.0}


def test_a_query_is_completed_with_what_was_left_out() -> None:
    assert parse_query({"id": "q", "kind": "processes"}) == Query("q", "processes", {"limit": 20})
    assert parse_query({"id": "q", "kind": "ping", "arguments": {"later": 1}}) == Query("q", "ping", {})
    lease = {"interval": 0.1, "seconds": 15}
    assert parse_query({"id": "q", "kind": "watch", "arguments": lease}).arguments == lease


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ([], "the query is a list"),
        ({"kind": "ping"}, "id is None"),
        ({"id": "q" * 65, "kind": "ping"}, "65 characters"),
        ({"id": "q", "kind": "shell"}, "kind is 'shell'; it must be one of ping, processes, watch"),
        ({"id": "q", "kind": ["ping"]}, "kind is a list"),
        ({"id": "q", "kind": "processes", "arguments": {"limit": 51}}, "limit is 51; it must be from 1 to 50"),
        ({"id": "q", "kind": "processes", "arguments": {"limit": 2.5}}, "limit is 2.5; it must be a whole number"),
        ({"id": "q", "kind": "processes", "arguments": {"limit": True}}, "limit is True"),
        ({"id": "q", "kind": "processes", "arguments": []}, "arguments is a list"),
        ({"id": "q", "kind": "watch", "arguments": {"interval": 0.05, "seconds": 15}}, "interval is 0.05; it must be from 0.1"),
        ({"id": "q", "kind": "watch", "arguments": {"interval": 0.1, "seconds": 61}}, "seconds is 61; it must be from 0 to 60"),
        ({"id": "q", "kind": "watch", "arguments": {"interval": 0.1}}, "seconds is None"),
    ],
)
def test_a_query_is_refused_by_name(query: object, said: str) -> None:
    with pytest.raises(InvalidPayload, match=said):
        parse_query(query)


def test_a_kind_may_be_unknown_to_a_caller() -> None:
    with pytest.raises(InvalidPayload, match="kind is 'watch'; it must be one of ping, processes"):
        check_kind("watch", ("ping", "processes"))


@pytest.mark.parametrize(
    ("uri", "error"),
    [("query_refused", QueryRefused), ("no_answer", NoAnswer), ("invalid_payload", InvalidPayload), ("of_a_later_version", NoAnswer)],
)
def test_an_answer_may_be_an_error(uri: str, error: type[VedetteError]) -> None:
    answer = parse_answer({"id": "q", "error": f"vedette.error.{uri}", "text": "why"})
    assert (answer.id, type(answer.error), str(answer.error), answer.result) == ("q", error, "why", None)


@pytest.mark.parametrize("text", [{}, {"text": ""}, {"text": None}], ids=["none", "empty", "null"])
def test_whoever_asked_is_told_that_a_host_gave_no_reason(text: dict[str, Any]) -> None:
    assert str(parse_answer({"id": "q", "error": "vedette.error.query_refused", **text}).error) == "the host did not say why"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "the answer is None"),
        ({"result": {}}, "id is None"),
        ({"id": "q"}, "result is None"),
        ({"id": "q", "result": []}, "result is a list"),
        ({"id": "q", "error": "wamp.error.not_authorized"}, "error is 'wamp.error.not_authorized'"),
        ({"id": "q", "error": "vedette.error.no_answer", "text": "x" * 501}, "501 characters"),
        ({"id": "q", "error": "vedette.error.no_answer", "text": "\x1b[31m"}, "control characters"),
    ],
)
def test_an_answer_is_refused_by_name(answer: object, said: str) -> None:
    with pytest.raises(InvalidPayload, match=said):
        parse_answer(answer)


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("ping", {"at": 1789000000.25}),
        ("watch", {"interval": 0.1, "seconds": 15.0}),
        ("processes", {"at": 1.0, "count": 300, "processes": [PROCESS, {**PROCESS, "name": "<b>\u202e" * 60, "command": "a b"}]}),
    ],
)
def test_a_good_result_has_its_fields_and_no_others(kind: Kind, result: dict[str, Any]) -> None:
    assert parse_result(kind, {**result, "more": {"than": "that"}}) == result


@pytest.mark.parametrize(
    ("kind", "result", "said"),
    [
        ("ping", {}, "at is None"),
        ("ping", {"at": float("nan")}, "finite"),
        ("ping", {"at": 1e300}, r"at is 1e\+300; it must be UTC seconds since the epoch"),
        ("ping", {"at": -1.0}, "seconds since the epoch"),
        ("watch", {"interval": 0.1}, "seconds is None"),
        ("processes", {"at": 1, "count": 1}, "processes must be a list"),
        ("processes", {"at": 1, "count": 1, "processes": [PROCESS] * (2 * MAX_PROCESSES + 1)}, "at most 100"),
        ("processes", {"at": 1, "count": -1, "processes": []}, "count is -1"),
        ("processes", {"at": 1, "count": 1, "processes": ["init"]}, "a process is 'init'"),
        *(
            ("processes", {"at": 1, "count": 1, "processes": [{**PROCESS, name: value}]}, said)
            for name, value, said in [
                ("pid", 1.5, "pid is 1.5"),
                ("name", "x" * 301, "301 characters"),
                ("name", "a\nb", "control characters"),
                ("user", 0, "user is 0"),
                ("cpu_cores", -0.1, "cpu_cores is -0.1"),
                ("cpu_cores", "1", "cpu_cores is '1'"),
                ("memory_bytes", 1e30, "memory_bytes is 1e\\+30"),
                ("started_at", None, "started_at is None"),
                ("started_at", 1e300, "seconds since the epoch"),
                ("command", ["sh"], "command is a list"),
                ("command", "x" * 1001, "1001 characters"),
            ]
        ),
        ("processes", {"at": 1, "count": 1, "processes": [{**PROCESS, "command": "東" * 1000}] * 22}, f"at most {MAX_ANSWER_BYTES}"),
    ],
)
def test_a_result_is_refused_by_name(kind: Kind, result: object, said: str) -> None:
    with pytest.raises(InvalidPayload, match=said):
        parse_result(kind, result)
