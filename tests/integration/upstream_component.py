"""What the throw-away node of test_upstream_crossbar.py runs in its router."""

from __future__ import annotations

from typing import Any

from autobahn.twisted.wamp import ApplicationSession
from twisted.internet.defer import Deferred

from components.joining import joining
from components.upstream_autobahn import refuse_hostile_messages
from components.upstream_crossbar import abort_sessions, ignore_certificates, live_authids, redact_log
from components.upstream_websockets import require_sessions

SESSION_SECONDS = 3.0


class Controls(ApplicationSession):  # type: ignore[misc]  # autobahn is untyped
    """Lets everybody in, and shows the functions under test as procedures. `extra["mended"]`: with the work-arounds."""

    async def onJoin(self, details: Any) -> None:
        """Register everything."""
        if self.config.extra["mended"]:
            redact_log()
            refuse_hostile_messages()
            ignore_certificates()
            ignore_certificates()
            require_sessions(SESSION_SECONDS)
            require_sessions(SESSION_SECONDS)
        await self.register(self.admit_ticket, "test.auth.ticket")
        await self.register(self.admit_key, "test.auth.key")
        await self.register(lambda: sorted(live_authids(self)), "test.live")
        await self.register(lambda authids: abort_sessions(self, authids), "test.abort")
        await self.register(self.say_goodbye, "test.kill")
        await self.register(self.fail, "test.fail")
        self.turns: list[Deferred[None]] = []
        self.lost: list[int] = []
        await self.register(lambda: [len(self.turns), len(self.lost)], "test.waiting")
        await self.register(lambda: self.turns[-1].callback(None), "test.serve")

    async def admit_ticket(self, realm: str, authid: str, details: Any) -> dict[str, str]:
        """Anybody, as who they say they are; who says "patient" when it is told so."""
        if authid == "patient":
            turn: Deferred[None] = Deferred(lambda _: self.lost.append(details["session"]))
            joining.wait(details["session"], turn)
            self.turns.append(turn)
            await turn
            joining.admitted(details["session"])
        return {"realm": "vedette", "role": "guest", "authid": authid}

    def admit_key(self, realm: str, authid: str, details: Any) -> dict[str, str]:
        """Anybody with a key."""
        return {"realm": "vedette", "role": "guest", "authid": "host", "pubkey": details["authextra"]["pubkey"]}

    async def say_goodbye(self, authid: str) -> Any:
        """Crossbar.io's own way of ending sessions."""
        return await self.call("wamp.session.kill_by_authid", authid, reason="wamp.close.killed")

    def fail(self, **_arguments: str) -> None:
        """An error that Crossbar.io logs."""
        raise RuntimeError("password=PLANTED-raised")
