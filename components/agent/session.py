"""The WAMP conversation of an agent with its hub, from HELLO to GOODBYE.

HELLO        cryptosign with the public key; the proposed name; at the first join the proof of an enrolment code
join         subscribe on_config, on_query → get_config → apply → report_config; report_facts; then samples
on_config    apply → report_config
on_query     answer
stop         report_stop → GOODBYE
"""

from __future__ import annotations

from typing import Any, Protocol

from autobahn.exception import Disconnected
from autobahn.twisted.wamp import ApplicationSession
from autobahn.wamp import message
from autobahn.wamp.cryptosign import CryptosignKey
from autobahn.wamp.exception import Error as WampError
from autobahn.wamp.types import Challenge, CloseDetails, ComponentConfig, PublishOptions, SessionDetails
from twisted.internet.defer import Deferred, TimeoutError

from components import checking, payloads, protocol
from components.agent.agent import Agent
from components.agent.facts import read_facts
from components.agent.identity import EnrolmentCode
from components.agent.pace import Pace
from components.reactor import reactor

ANSWER_SECONDS = 20.0
"""A hub that takes longer over one answer is stuck; the agent hangs up and tries again."""

STOP_SECONDS = 2.0

AFTER_THE_END = (message.Published, message.Result, message.Event, message.Error)
"""What may still come when a session is over."""


class Watcher(Protocol):
    """Who wants to know how the conversation goes."""

    def joined(self, session: AgentSession) -> None:
        """The hub let us in and told us our settings."""

    def refused(self, reason: str, message: str) -> None:
        """The hub did not let us in, or ended the session: an error URI, and its words."""


class AgentSession(ApplicationSession):  # type: ignore[misc]  # autobahn is untyped
    """One session with the hub."""

    def __init__(self, agent: Agent, key: CryptosignKey, name: str, code: EnrolmentCode | None, watcher: Watcher) -> None:
        super().__init__(ComponentConfig(realm=protocol.REALM))
        self._agent = agent
        self._key = key
        self._name = name
        self._code = code
        self._watcher = watcher
        self._host_id: str | None = None
        self._early: list[dict[str, Any]] | None = []
        self._ended: Deferred[None] = Deferred()
        self._pace = Pace(reactor)
        self._newest: payloads.Sample | None = None

    def onConnect(self) -> None:
        """Say who we are. The code is shown at every join; the hub looks at it only while it does not know our key."""
        extra: dict[str, Any] = {"pubkey": self._key.public_key(), "channel_binding": None, "name": self._name, "run": self._agent.run}
        if self._code is not None:
            extra["enrol"] = {"code": self._code.code_id, "proof": self._code.proof(self._key.public_key())}
        self.join(self.config.realm, authmethods=["cryptosign"], authextra=extra)

    def onChallenge(self, challenge: Challenge) -> Any:
        """Prove that we hold the private key."""
        return self._key.sign_challenge(challenge, channel_id=None)

    async def onJoin(self, details: SessionDetails) -> None:
        """Learn the settings, obey, report; then start sampling."""
        self._host_id = protocol.host_of(details.authid)
        try:
            self._take_queries()
            await self._in_time(self.subscribe(self._on_config, protocol.AGENT_ON_CONFIG))
            settings = await self._in_time(self.call(protocol.AGENT_GET_CONFIG))
            self._obey(settings, certain=True)
            self._obey_early()
            await self._in_time(self.call(protocol.AGENT_REPORT_FACTS, read_facts()))
        except (WampError, TimeoutError) as error:
            self.log.warn("The hub did not answer as it should: {error}. Hanging up to try again", error=error)
            self._hang_up()
            return
        except Exception:  # noqa: BLE001  # the boundary: a session that is half begun would never sample
            self.log.failure("The session could not begin. Hanging up to try again")
            self._hang_up()
            return
        self._agent.attach(self)
        self._watcher.joined(self)

    def onMessage(self, msg: Any) -> None:
        """A hub that ends a session may have an answer under way: what comes after its farewell is no breach of the protocol."""
        if self._session_id is not None or not isinstance(msg, AFTER_THE_END):
            super().onMessage(msg)

    def onLeave(self, details: CloseDetails) -> None:
        """The hub ended the session or never let us in."""
        self._agent.detach(self)
        if details.reason not in ("wamp.close.normal", "wamp.close.goodbye_and_out", "wamp.close.transport_lost"):
            self._watcher.refused(checking.printable(str(details.reason), 100), checking.printable(str(details.message or ""), 500))
        super().onLeave(details)

    def onDisconnect(self) -> None:
        """The transport is gone, with or without a farewell."""
        self._agent.detach(self)
        super().onDisconnect()
        if not self._ended.called:
            self._ended.callback(None)

    def publish_sample(self, sample: payloads.Sample) -> None:
        """Send one sample; while the hub is behind, keep the newest for when it has caught up."""
        if self._pace.may_send():
            self._send_sample(sample)
        elif not sample["watched"]:
            self._newest = sample

    def _send_sample(self, sample: payloads.Sample) -> None:
        self._newest = None
        try:
            if not self.is_attached():
                return
            if self._pace.asks():
                self.publish(protocol.AGENT_ON_SAMPLE, sample, options=PublishOptions(acknowledge=True)).addBoth(self._caught_up)
            else:
                self.publish(protocol.AGENT_ON_SAMPLE, sample)
        except Disconnected:
            pass  # the connection is closing, which onDisconnect will say
        except Exception:
            self._pace.answered()  # nothing was asked
            raise

    def _caught_up(self, _answer: object) -> None:
        # whether it was taken does not matter here, only that it was read
        self._pace.answered()
        if self._newest is not None:
            self._send_sample(self._newest)

    def stop(self, reason: str) -> Deferred[None]:
        """Tell the hub that we stop, and leave; fires when done, after twice STOP_SECONDS at most."""
        return Deferred.fromCoroutine(self._stop(reason))

    async def _stop(self, reason: str) -> None:
        self._agent.detach(self)
        if not self.is_attached():
            return
        try:
            await self._in_time(self.call(protocol.AGENT_REPORT_STOP, {"reason": reason}), STOP_SECONDS)
            self.leave()
            await self._in_time(self._ended, STOP_SECONDS)
        except (WampError, TimeoutError):
            pass  # we stop whether the hub heard it or not

    def _on_config(self, payload: object) -> None:
        # to this host only, and checked all the same
        if not isinstance(payload, dict) or payload.get("host") != self._host_id:
            return
        if self._early is not None:
            # the answer of get_config, which always counts, may be older than this: it waits its turn
            self._early.append(payload)
        else:
            self._obey(payload)

    def _take_queries(self) -> None:
        if self._agent.queries is not None:
            # it is not waited for, and a hub that is older than queries allows no such subscription
            self.subscribe(self._on_query, protocol.AGENT_ON_QUERY).addErrback(
                lambda failure: self.log.info("This hub will not ask anything: {why}", why=failure.value)
            )

    def _on_query(self, payload: object) -> None:
        # to this host only, and checked all the same
        if not isinstance(payload, dict) or payload.get("host") != self._host_id or self._agent.queries is None:
            return
        answer = self._agent.queries.ask(payload)
        if answer is not None:
            answer.addCallback(self._answer)

    def _answer(self, answer: dict[str, Any]) -> None:
        if self.is_attached():
            self.call(protocol.AGENT_ANSWER, answer).addErrback(
                lambda failure: self.log.info("An answer was not taken: {why}", why=failure.value)
            )

    def _obey_early(self) -> None:
        early, self._early = self._early or [], None
        for payload in early:
            self._obey(payload)

    def _obey(self, payload: dict[str, Any], *, certain: bool = False) -> None:
        report = self._agent.offered(payload, certain=certain)
        if report is None:
            return
        self.log.info(
            "Settings rev {revision} {status}{error}",
            revision=report.revision,
            status=report.status,
            error=f": {report.error}" if report.error else "",
        )
        # a lost report is no loss: the hub offers the revision again and gets the same answer
        self.call(protocol.AGENT_REPORT_CONFIG, report.to_wire()).addErrback(
            lambda failure: self.log.info("The report of rev {revision} was not taken: {why}", revision=report.revision, why=failure.value)
        )

    def _in_time(self, answer: Deferred[Any], seconds: float = ANSWER_SECONDS) -> Deferred[Any]:
        return answer.addTimeout(seconds, reactor)  # type: ignore[arg-type]  # a zope interface

    def _hang_up(self) -> None:
        transport = self._transport
        if transport is not None:
            transport.abort()
