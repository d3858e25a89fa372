"""What all components have in common: they start whole or not at all.

Crossbar has no supervisor, and a component that raises leaves a node that looks healthy. So any error in `start`, and a lost
session, is logged with its remedy and ends the process; the node then ends with exit code 1 and whoever started it starts it again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from autobahn.twisted.wamp import ApplicationSession
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import (
    CallDetails,
    CloseDetails,
    ComponentConfig,
    EventDetails,
    PublishOptions,
    RegisterOptions,
    SessionDetails,
    SubscribeOptions,
)
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from components.errors import InvalidPayload, VedetteError
from components.protocol import Event
from components.reactor import reactor
from components.upstream_autobahn import force_tcp_nodelay, make_no_words_in_vain, read_before_dropping, restore_recursion_limit
from components.upstream_crossbar import redact_log
from components.upstream_twisted import keep_monotonic_time

LOST_SESSION_GRACE_SECONDS = 1.5
"""A node that stops closes sessions before it stops this process; that is no failure."""

LAST_WORDS_SECONDS = 0.3
"""The controller stops at once when a worker ends, and what it has not read from the worker's pipe by then is lost."""

_stopping = False


def _note_stop() -> None:
    global _stopping  # noqa: PLW0603  # one process, one reactor, one life
    _stopping = True


def end_process() -> NoReturn:
    """End this worker process with exit code 1, which ends the node."""
    time.sleep(LAST_WORDS_SECONDS)
    os._exit(1)


class HubComponent(ApplicationSession):  # type: ignore[misc]  # autobahn is untyped
    """Base of the router-side components, the services and the agent's holder. Subclasses write `start`."""

    def __init__(self, config: ComponentConfig | None = None) -> None:
        super().__init__(config)
        restore_recursion_limit()
        force_tcp_nodelay()
        make_no_words_in_vain()
        read_before_dropping()
        redact_log()
        keep_monotonic_time(reactor)
        reactor.addSystemEventTrigger("before", "shutdown", _note_stop)

    async def start(self, details: SessionDetails) -> None:
        """Do all that must be done before anybody may rely on this component. An exception ends the hub."""
        raise NotImplementedError

    async def onJoin(self, details: SessionDetails) -> None:
        """Start, or end the node."""
        try:
            await self.start(details)
        except Exception:  # noqa: BLE001  # the boundary: whatever it was, a half-open hub is worse than none
            self.log.failure(
                "{component} cannot start, so the node ends. Mend what the traceback names, then run: crossbar start", component=self._name
            )
            end_process()

    def onLeave(self, details: CloseDetails) -> None:
        """A lost session ends the node, unless it is stopping."""
        super().onLeave(details)
        self._end_soon(details.reason)

    def onDisconnect(self) -> None:
        """See onLeave; a transport may vanish without a farewell."""
        super().onDisconnect()
        self._end_soon("the connection to the router is gone")

    def onUserError(self, fail: Failure, msg: str) -> None:  # autobahn's name
        """What was refused by name is no error of ours, and not worth a line each time that somebody tries."""
        if not isinstance(fail.value, ApplicationError):
            super().onUserError(fail, msg)

    def _end_soon(self, reason: str | None) -> None:
        def end() -> None:
            if not _stopping:
                self.log.critical(
                    "{component} lost its session ({reason}), so the node ends. Start it again with: crossbar start",
                    component=self._name,
                    reason=reason,
                )
                end_process()

        reactor.callLater(LOST_SESSION_GRACE_SECONDS, end)

    @property
    def _name(self) -> str:
        return type(self).__name__.lower()

    def offer(self, uri: str, procedure: Callable[..., Awaitable[Any]]) -> Awaitable[Any]:
        """Register `procedure(authid, *args, **kwargs)`. What it refuses reaches the caller by name; anything else is logged here and
        reaches the caller as `vedette.error.internal` without detail.
        """

        async def answer(*args: Any, details: CallDetails | None = None, **kwargs: Any) -> Any:
            return await self._guarded(procedure, details.caller_authid if details else None, *args, **kwargs)

        registered: Awaitable[Any] = self.register(answer, uri, options=RegisterOptions(details=True))
        return registered

    def offer_authenticator(self, uri: str, procedure: Callable[..., Awaitable[Any]]) -> Awaitable[Any]:
        """Register `procedure(realm, authid, details)`, as Crossbar calls a dynamic authenticator."""

        async def answer(*args: Any) -> Any:
            return await self._guarded(procedure, *args)

        registered: Awaitable[Any] = self.register(answer, uri)
        return registered

    async def _guarded(self, procedure: Callable[..., Awaitable[Any]], /, *args: Any, **kwargs: Any) -> Any:
        try:
            return await procedure(*args, **kwargs)
        except VedetteError as error:
            raise ApplicationError(error.uri, str(error)) from None
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:  # the call itself did not fit
                raise ApplicationError(InvalidPayload.uri, "the arguments are not of the documented shape") from None
            raise self._internal() from error
        except Exception as error:  # the boundary: no exception text of ours reaches a stranger
            raise self._internal() from error

    def _internal(self) -> ApplicationError:
        self.log.failure("{component} failed to answer", component=self._name)
        return ApplicationError(VedetteError.uri, "the hub failed to answer; its log says why")

    def send(self, event: Event) -> None:
        """Publish it to whom it is for."""
        self.publish(event.topic, event.payload, options=PublishOptions(**event.options))

    def publish(self, topic: str, *args: Any, **kwargs: Any) -> Any:
        """As autobahn's, but without a session nothing is sent: its loss ends the process in a moment, and says so once."""
        return super().publish(topic, *args, **kwargs) if self.is_attached() else None

    def every(self, seconds: float, function: Callable[[], object]) -> None:
        """Call `function` every so many seconds from now on. An exception in it ends the hub: without what it does the hub is half dead."""
        LoopingCall(function).start(seconds, now=False).addErrback(self._loop_ended, function)

    def _loop_ended(self, failure: Failure, function: Callable[[], object]) -> None:
        self.log.failure("{component} failed in {function}, so the node ends", failure=failure, component=self._name, function=function)
        end_process()

    def listen(self, uri: str, handler: Callable[..., None], *, match: str = "exact") -> Awaitable[Any]:
        """Subscribe `handler(authid, payload)`; an exception in it is logged and hurts nothing else. No argument is a payload of None."""

        def receive(*args: Any, details: EventDetails | None = None, **_: Any) -> None:
            try:
                handler(details.publisher_authid if details else None, args[0] if args else None)
            except Exception:  # noqa: BLE001  # the boundary: one bad event must not end the subscription
                self.log.failure("{component} failed on an event of {uri}", component=self._name, uri=uri)

        subscribed: Awaitable[Any] = self.subscribe(receive, uri, options=SubscribeOptions(match=match, details=True))
        return subscribed
