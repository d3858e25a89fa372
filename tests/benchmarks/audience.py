"""Many people who look, in one process: each a session of its own with a ticket from a real log-in, as a browser has it.

    python -m tests.benchmarks.audience < order

Standard input: one JSON line, the order; then `begin` starts counting anew and `end` asks for what was counted since. Standard output: one
JSON line for each. Ends with the writer of its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from tests.benchmarks.heard import Heard, time_in_event, times_in_update
from tests.benchmarks.peer import Peer
from tests.harness.wamp import REALM
from tests.harness.web import WebUser

PAGE_HOSTS = 100
TUTORIAL_REALM = "realm1"
CLIENTS_TOPIC = "clientstats"
"""Where the tutorial's clients publish, and every one of its browsers listens."""


@dataclass(frozen=True)
class Order:
    """Who shall look at what. Without a `username`: at the tutorial's shape, as nobody in particular."""

    url: str
    websocket_url: str
    count: int
    username: str = ""
    password: str = ""
    log_ins: int = 1

    def to_line(self) -> str:
        """The line for standard input: a password is no argument."""
        return json.dumps(asdict(self))


class Audience:
    """Everybody who looks, and what they have heard together."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._peers: list[Peer] = []
        self.heard = Heard(times_in_update if order.username else time_in_event)

    async def gather(self) -> dict[str, Any]:
        """Let all come, as many at a time as have logged in; how many there are, and how many hosts each was shown at least."""
        if not self._order.username:
            for _ in range(self._order.count):
                await (await self._peer(self._order.websocket_url)).subscribe(CLIENTS_TOPIC)
            return {"here": len(self._peers)}
        users = [await asyncio.to_thread(self._log_in) for _ in range(min(self._order.log_ins, self._order.count))]
        shares = [len(range(number, self._order.count, len(users))) for number in range(len(users))]
        hosts = await asyncio.gather(*(self._come(user, share) for user, share in zip(users, shares, strict=True)))
        return {"here": len(self._peers), "hosts": min(hosts)}

    async def _come(self, user: WebUser, count: int) -> int:
        """So many browsers of one person, one after another; the fewest hosts that one of them was shown."""
        hosts = []
        for _ in range(count):
            peer = await self._peer(self._order.websocket_url, await asyncio.to_thread(user.ticket))
            await peer.subscribe("vedette.fleet.on_update")
            hosts.append(await _read_snapshot(peer))
        return min(hosts)

    def begin(self) -> None:
        """Count anew."""
        self.heard.begin()

    def summary(self) -> dict[str, Any]:
        """What was heard, by how many."""
        return {**self.heard.summary(), "here": sum(not peer.lost for peer in self._peers)}

    def leave(self) -> None:
        """All go."""
        for peer in self._peers:
            peer.close()

    def _log_in(self) -> WebUser:
        return WebUser(self._order.url).log_in(self._order.username, self._order.password)

    async def _peer(self, url: str, ticket: dict[str, str] | None = None) -> Peer:
        peer = await Peer(url, self.heard.take, origin=self._order.url).open()
        await peer.join(REALM if ticket else TUTORIAL_REALM, ticket)
        self._peers.append(peer)
        return peer


async def _read_snapshot(peer: Peer) -> int:
    after, hosts = "", 0
    while after is not None:
        page = await peer.call("vedette.fleet.get_snapshot", after=after, limit=PAGE_HOSTS)
        after, hosts = page["next"], hosts + len(page["hosts"])
    return hosts


def say(what: dict[str, Any]) -> None:
    """One line for who has started this process."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Crowd(Protocol):
    """Who comes by an order, and can be asked what became of it."""

    async def gather(self) -> dict[str, Any]:
        """Let all come; how many are here."""

    def begin(self) -> None:
        """Count anew."""

    def summary(self) -> dict[str, Any]:
        """What was counted since."""

    def leave(self) -> None:
        """All go."""


async def serve(order: str, make: Callable[[Order], Crowd]) -> None:
    """Gather, then obey each line of standard input until it ends."""
    crowd = make(Order(**json.loads(order)))
    say(await crowd.gather())
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        if line == "begin":
            crowd.begin()
        say(crowd.summary())
    crowd.leave()


if __name__ == "__main__":
    asyncio.run(serve(sys.stdin.readline(), Audience))
