"""What the hub asks one host now, and what the host answers. Answers are hostile until they are parsed here.

    ping        {}                    → {at}                     the host's clock, at once
    processes   {limit}               → {at, count, processes}   the busiest by CPU and by memory
    watch       {interval, seconds}   → {interval, seconds}      further samples for so long, as granted; 0 seconds end it

All of them only read. A query is `{host, id, kind, arguments}`, its answer `{id, result}` or `{id, error, text}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict, get_args

from components.checking import as_map, checked_number, checked_text, checked_time, show, text_of, whole_of
from components.errors import InvalidPayload, NoAnswer, QueryRefused, VedetteError

Kind = Literal["ping", "processes", "watch"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MAX_PROCESSES = 50
"""The most busy by CPU, and as many by memory, so an answer has twice as many at most."""
DEFAULT_PROCESSES = 20
MIN_WATCH_INTERVAL_SECONDS = 0.1
MAX_WATCH_INTERVAL_SECONDS = 3600.0
MAX_WATCH_SECONDS = 60.0

MAX_ID_CHARACTERS = 64
MAX_TEXT_CHARACTERS = 500
MAX_NAME_CHARACTERS = 300
MAX_USER_CHARACTERS = 100
MAX_COMMAND_CHARACTERS = 1000
MAX_ANSWER_BYTES = 64 * 1024
"""All text of an answer together, as UTF-8."""

_ERROR_URI = re.compile(r"vedette\.error\.[a-z_]{1,40}")
_ANSWERED_ERRORS: dict[str, type[VedetteError]] = {error.uri: error for error in (InvalidPayload, NoAnswer, QueryRefused)}


# --- queries ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Query:
    """One query, its arguments checked and complete."""

    id: str
    kind: Kind
    arguments: dict[str, Any]


def query_id(payload: object) -> str:
    """The id under which a query is answered, also one that is refused. InvalidPayload if there is none."""
    return text_of(as_map(payload, "the query"), "id", MAX_ID_CHARACTERS)


def parse_query(payload: object) -> Query:
    """A Query, or InvalidPayload."""
    fields = as_map(payload, "the query")
    kind = check_kind(fields.get("kind"))
    return Query(query_id(payload), kind, check_arguments(kind, fields.get("arguments", {})))


def check_kind(value: object, known: tuple[Kind, ...] = KINDS) -> Kind:
    """`value` if it is one of the `known` kinds."""
    if value not in known:
        raise InvalidPayload(f"kind is {show(value)}; it must be one of {', '.join(known)}")
    return value


def check_arguments(kind: Kind, value: object) -> dict[str, Any]:
    """The arguments of a query of this kind, complete with what was left out."""
    return _CHECKS[kind].arguments(as_map(value, "arguments"))


def _nothing(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _limit(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"limit": _bounded(fields.get("limit", DEFAULT_PROCESSES), "limit", 1, MAX_PROCESSES, whole=True)}


def _lease(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "interval": _bounded(fields.get("interval"), "interval", MIN_WATCH_INTERVAL_SECONDS, MAX_WATCH_INTERVAL_SECONDS),
        "seconds": _bounded(fields.get("seconds"), "seconds", 0, MAX_WATCH_SECONDS),
    }


# --- answers ----------------------------------------------------------------------------------------------------------------


class Process(TypedDict):
    """One process of a host. Name, user and command are untrusted text."""

    pid: int
    name: str
    user: str
    cpu_cores: float
    """Cores' worth of CPU time since the reading before: 1.0 is one core busy."""
    memory_bytes: float
    started_at: float
    command: NotRequired[str]
    """With its arguments; only if the host's lock file allows it."""


class Processes(TypedDict):
    """The busiest processes of a host, by its own clock."""

    at: float
    count: int
    """How many there are in all."""
    processes: list[Process]


@dataclass(frozen=True)
class Answer:
    """What a host answered: a result yet to be parsed by `parse_result`, or why not."""

    id: str
    result: Mapping[str, Any] | None = None
    error: VedetteError | None = None


def parse_answer(payload: object) -> Answer:
    """An Answer, or InvalidPayload. Its result can be parsed once it is known what was asked."""
    fields = as_map(payload, "the answer")
    answered = text_of(fields, "id", MAX_ID_CHARACTERS)
    if "error" not in fields:
        return Answer(answered, result=as_map(fields.get("result"), "result"))
    uri = text_of(fields, "error", MAX_ID_CHARACTERS)
    if not _ERROR_URI.fullmatch(uri):
        raise InvalidPayload(f"error is {show(uri)}; it must be one of {', '.join(_ANSWERED_ERRORS)}")
    text = text_of(fields, "text", MAX_TEXT_CHARACTERS, default="")
    # an agent of another version may know errors that we do not
    return Answer(answered, error=_ANSWERED_ERRORS.get(uri, NoAnswer)(text or "the host did not say why"))


def parse_result(kind: Kind, result: object) -> dict[str, Any]:
    """The result of a query of this kind with its documented fields and no others, or InvalidPayload."""
    return _CHECKS[kind].result(as_map(result, "result"))


def _time(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": checked_time(fields.get("at"), "at")}


def _processes(result: Mapping[str, Any]) -> dict[str, Any]:
    processes = result.get("processes")
    if not isinstance(processes, list) or len(processes) > 2 * MAX_PROCESSES:
        raise InvalidPayload(f"processes must be a list of at most {2 * MAX_PROCESSES}")
    parsed = Processes(
        at=checked_time(result.get("at"), "at"),
        count=whole_of(result, "count"),
        processes=[_process(as_map(each, "a process")) for each in processes],
    )
    size = sum(process_size(process) for process in parsed["processes"])
    if size > MAX_ANSWER_BYTES:
        raise InvalidPayload(f"the processes have {size} bytes of text; at most {MAX_ANSWER_BYTES} are taken")
    return dict(parsed)


def process_size(process: Process) -> int:
    """How many bytes of text it has."""
    return sum(len(text.encode()) for text in (process["name"], process["user"], process.get("command", "")))


def _process(fields: Mapping[str, Any]) -> Process:
    process = Process(
        pid=whole_of(fields, "pid"),
        name=text_of(fields, "name", MAX_NAME_CHARACTERS),
        user=text_of(fields, "user", MAX_USER_CHARACTERS, default=""),
        cpu_cores=_bounded(fields.get("cpu_cores"), "cpu_cores", 0, 2**20),
        memory_bytes=_bounded(fields.get("memory_bytes"), "memory_bytes", 0, 2**63),
        started_at=checked_time(fields.get("started_at"), "started_at"),
    )
    if fields.get("command") is not None:
        process["command"] = checked_text(fields["command"], "command", MAX_COMMAND_CHARACTERS)
    return process


def _bounded(value: object, name: str, minimum: float, maximum: float, *, whole: bool = False) -> Any:
    number = checked_number(value, name)
    if whole and not isinstance(value, int):
        raise InvalidPayload(f"{name} is {show(value)}; it must be a whole number")
    if not minimum <= number <= maximum:
        raise InvalidPayload(f"{name} is {number:g}; it must be from {minimum:g} to {maximum:g}")
    return value if whole else number


class _Checks(NamedTuple):
    """What is taken of a query of one kind, and what of its answer."""

    arguments: Callable[[Mapping[str, Any]], dict[str, Any]]
    result: Callable[[Mapping[str, Any]], dict[str, Any]]


_CHECKS: dict[Kind, _Checks] = {
    "ping": _Checks(_nothing, _time),
    "processes": _Checks(_limit, _processes),
    "watch": _Checks(_lease, _lease),
}
