"""A good call of every procedure, by whoever may call it: what goes in, and what the answer must be. A new procedure needs a row."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.harness.agents import PlayedAgent
from tests.harness.cast import Cast
from tests.harness.live import LiveView

NO_PROCESSES = {"at": 12.5, "count": 0, "processes": []}


@dataclass
class Call:
    """What goes in, and whether an answer is good."""

    is_good: Callable[[Any], bool]
    args: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


def _says_nothing(answer: Any) -> bool:
    return answer is None


def _is_now(answer: Any) -> bool:
    return bool(abs(answer["at"] - time.time()) < 5)


def _agent(cast: Cast, who: str) -> PlayedAgent:
    return cast.agent if who == "agent" else cast.another_agent


def _own_host(cast: Cast) -> str:
    """The id of the hub's own host, whose agent is a real one."""
    return LiveView(cast.clients["services"]).by_name("hub-itself")


def _report_config(cast: Cast, who: str) -> Call:
    config = cast.clients[who].call("vedette.agent.get_config") if who != "services" else {"epoch": "", "revision": 1}
    outcome = {"status": "applied", "error": "", "locked": {}, "at": time.time()}
    return Call(_says_nothing, ({"epoch": config["epoch"], "revision": config["revision"], **outcome},))


def _report_facts(cast: Cast, who: str) -> Call:
    facts = {"protocol": 1, "agent_version": "1", "boot_id": "", "system": "", "cpu_model": "", "cpu_count": 1, "memory_total_bytes": 1.0}
    return Call(_says_nothing, (facts,))


def _cryptosign(cast: Cast, who: str) -> Call:
    details = {"session": 1, "authextra": {"pubkey": cast.agent.key.verify_key.encode().hex()}}
    return Call(lambda answer: answer["authid"] == f"host:{cast.agent.host_id}", ("vedette", None, details))


def _ticket(cast: Cast, who: str) -> Call:
    return Call(lambda answer: answer["role"] == "viewer", ("vedette", None, {"session": 1, "ticket": cast.viewer.ticket()["ticket"]}))


def _answer(cast: Cast, who: str) -> Call:
    query_id = cast.asked(_agent(cast, who))["id"] if who != "services" else "x"
    return Call(_says_nothing, ({"id": query_id, "result": NO_PROCESSES},))


def _decide(cast: Cast, who: str) -> Call:
    """The host is in already, so that nothing changes."""
    return Call(lambda answer: answer == {"hosts": []}, keywords={"hosts": [cast.agent.host_id]})


def _set(cast: Cast, who: str) -> Call:
    settings = {"hosts": [cast.agent.host_id], "changes": {"interval": 2.0}}
    return Call(lambda answer: cast.agent.host_id in answer["revisions"], keywords=settings)


def _watch(cast: Cast, who: str) -> Call:
    lease = {"interval": 5.0, "seconds": 15.0}
    return Call(lambda answer: answer == lease, keywords={"host": cast.agent.host_id, "interval": 5.0})


def _query(cast: Cast, who: str) -> Call:
    return Call(_is_now, keywords={"host": _own_host(cast), "kind": "ping"})


def _get_series(cast: Cast, who: str) -> Call:
    wanted = {"hosts": [_own_host(cast)], "metrics": ["load_1m"], "points": 2}
    return Call(lambda answer: all(len(host["at"]) == 2 for host in answer.values()), keywords=wanted)


CALLS: dict[str, Callable[[Cast, str], Call]] = {
    "vedette.auth.cryptosign": _cryptosign,
    "vedette.auth.ticket": _ticket,
    "vedette.auth.approve": _decide,
    "vedette.auth.deny": _decide,
    "vedette.agent.get_config": lambda cast, who: Call(lambda answer: answer["host"] == _agent(cast, who).host_id),
    "vedette.agent.report_config": _report_config,
    "vedette.agent.report_facts": _report_facts,
    "vedette.agent.report_stop": lambda cast, who: Call(_says_nothing, ({"reason": "a test"},)),
    "vedette.agent.answer": _answer,
    "vedette.host.watch": _watch,
    "vedette.host.query": _query,
    "vedette.history.get_series": _get_series,
    "vedette.fleet.get_snapshot": lambda cast, who: Call(lambda answer: len(answer["hosts"]) == 1, keywords={"limit": 1}),
    "vedette.config.set": _set,
    "vedette.config.ping": lambda cast, who: Call(_is_now),
}

NOT_A_HOST = {f"vedette.agent.{name}" for name in ("get_config", "report_config", "report_facts", "report_stop", "answer")}
NOT_A_PERSON = {"vedette.config.set", "vedette.auth.approve", "vedette.auth.deny"}
"""What answers for a host or a person refuses the services by name, because they are neither."""
