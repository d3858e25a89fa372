"""The only bridge from the reactor to the ORM: threads, connection hygiene, and one transaction for what arrives together.

Importing this sets Django up; a bad setting stops the process here, by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

import django
import txaio
from django.db import close_old_connections
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from components.base import end_process
from components.directories import tell_node_directory
from components.reactor import reactor

tell_node_directory()
django.setup()

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

MAX_THREADS = 4
"""SQLite has one writer at a time; more threads would only queue in it."""

MAX_SECONDS = 60.0
log = txaio.make_logger()
_pool = ThreadPool(minthreads=1, maxthreads=MAX_THREADS, name="orm")


def start() -> None:
    """Start the threads, once for the process; they end with the reactor."""
    if not _pool.started:
        _pool.start()
        reactor.addSystemEventTrigger("after", "shutdown", _pool.stop)


def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Deferred[R]:
    """Run `function`, which may use the ORM, in a thread; fires with its result or its exception.

    A call that is not back after MAX_SECONDS ends the process: a database that never answers would otherwise stop revocation and
    reconciliation while everything looks healthy.
    """
    late = reactor.callLater(MAX_SECONDS, _give_up, function)
    done = call_patiently(function, *args, **kwargs)

    def in_time(result: R) -> R:
        if late.active():
            late.cancel()
        return result

    return done.addBoth(in_time)


def call_patiently(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Deferred[R]:
    """The same without a limit, for what may take long: a migration."""

    def run() -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    start()
    return deferToThreadPool(reactor, _pool, run)  # type: ignore[arg-type]  # a zope interface


def _give_up(function: Callable[..., object]) -> None:
    log.critical(
        "The database has not answered {function} for {seconds:g} s, so the node ends. Mend the database, then run: crossbar start",
        function=getattr(function, "__name__", function),
        seconds=MAX_SECONDS,
    )
    end_process()


class Batch(Generic[T, R]):
    """Group commit. What is added while one call of `store` runs goes into the next, so a burst of 500 costs a few transactions."""

    def __init__(self, store: Callable[[list[T]], R]) -> None:
        self._store = store
        self._waiting: list[tuple[T, Deferred[R]]] = []
        self._running = False

    def add(self, item: T) -> Deferred[R]:
        """Fires with what `store` returned for the batch that held `item`, or with its exception."""
        done: Deferred[R] = Deferred()
        self._waiting.append((item, done))
        if not self._running:
            self._run()
        return done

    def _run(self) -> None:
        batch, self._waiting = self._waiting, []
        self._running = bool(batch)
        if not batch:
            return
        Deferred.fromCoroutine(self._store_batch(batch)).addBoth(lambda _: self._run())

    async def _store_batch(self, batch: list[tuple[T, Deferred[R]]]) -> None:
        try:
            result = await call(self._store, [item for item, _ in batch])
        except Exception:  # noqa: BLE001  # whatever one item did to the batch is its own: the others are stored without it
            if len(batch) == 1:
                batch[0][1].errback()
                return
            for item in batch:
                await self._store_batch([item])
            return
        for _, done in batch:
            done.callback(result)
