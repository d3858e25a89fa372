"""Names in the log whoever goes over a limit: one line a minute for each, and few in all, whoever comes."""

from __future__ import annotations

from twisted.logger import Logger

from components.limits import ALL_WORDS, WORDS, Most, Rate
from components.reactor import Clock, reactor
from components.throttle import Throttle


class Offenders:
    """Who is over which limit, said once a minute for each; a thousand addresses that misbehave together are no flood in the log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._each, self._all = Throttle(WORDS), Throttle(ALL_WORDS)
        self._log = Logger()

    def name(self, limit: Rate | Most, who: str) -> None:
        """Log that `who`, an authid or an address, went over `limit`."""
        now = self._clock.seconds()
        if not self._each.take((limit.what, limit.each, who), now) or not self._all.take((limit.what, limit.each), now):
            return
        self._log.warn(
            "{who} went over a limit: {what}, {bound} for each {each}; {then}",
            who=who,
            what=limit.what,
            bound=limit.bound,
            each=limit.each,
            then=limit.then,
        )


offenders = Offenders(reactor)
"""Those of this process."""
