"""`vedette-agent`: the agent by itself, without Crossbar.io."""

from __future__ import annotations

import argparse
import sys

import txaio

txaio.use_twisted()

from twisted.internet.defer import Deferred  # noqa: E402  # txaio must know its framework first
from twisted.logger import (  # noqa: E402
    FileLogObserver,
    FilteringLogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    eventAsText,
    formatTime,
    globalLogBeginner,
)

from components.agent.environment import BadSetting, read_environment  # noqa: E402
from components.agent.facts import agent_version  # noqa: E402
from components.agent.identity import BadKey  # noqa: E402
from components.agent.run import make_connection  # noqa: E402
from components.reactor import reactor  # noqa: E402
from components.upstream_twisted import keep_monotonic_time  # noqa: E402

HELP = """\
Reads this machine's CPU, memory, disks, network, load and temperatures, and publishes them to a Vedette hub, which says what to report
and how often.

environment:
  VEDETTE_HUB              the hub's address (ws://127.0.0.1:8080/ws)
  VEDETTE_ENROL_CODE       one-time code for the first join, from: python manage.py addhost NAME
  VEDETTE_ENROL_CODE_FILE  a file with that code; - reads standard input
  VEDETTE_AGENT_DATA       directory of this agent's key (root: /var/lib/vedette-agent)
  VEDETTE_AGENT_LOCK       lock file that pins settings and forbids queries (/etc/vedette/lock.json)
  VEDETTE_HOST_NAME        the name this host proposes (the machine's name)

exit code: 0 after SIGINT or SIGTERM, 1 if it cannot start
"""


def start_log(level: str) -> None:
    """Log to standard error. Twisted's own words about each attempt to connect are left out: connection.py says the same once a minute."""
    predicate = LogLevelFilterPredicate(LogLevel.levelWithName(level))
    predicate.setLogLevelForNamespace("twisted.application", LogLevel.warn)
    observer = FilteringLogObserver(FileLogObserver(sys.stderr, _line), [predicate])  # type: ignore[arg-type, list-item]  # zope interfaces
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)  # type: ignore[list-item]
    txaio.set_global_log_level(level)


def _line(event: LogEvent) -> str:
    return f"{formatTime(event['log_time'])} {event['log_level'].name} {eventAsText(event, includeTimestamp=False, includeSystem=False)}\n"


def main() -> int:
    """Run until SIGINT or SIGTERM; the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="vedette-agent", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"vedette-agent {agent_version()}")
    parser.add_argument("--log-level", choices=("error", "warn", "info"), default="info", help="how much to say (%(default)s)")
    arguments = parser.parse_args()
    start_log(arguments.log_level)
    keep_monotonic_time(reactor)
    log = txaio.make_logger()
    try:
        connection = make_connection(reactor, read_environment())
    except (BadSetting, BadKey) as error:
        log.error("{error}", error=error)
        return 1

    def stop() -> Deferred[None]:
        log.info("Stopping")
        return connection.stop("the agent was stopped").addBoth(lambda _: log.info("Stopped"))

    reactor.addSystemEventTrigger("before", "shutdown", stop)
    reactor.callWhenRunning(connection.start)
    reactor.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
