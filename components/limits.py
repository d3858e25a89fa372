"""How much anybody may take of the hub: one table, from which the code and `docs/security.md` have every figure.

The offender is held back or dropped, and named in the log; nobody else notices, unless it is a part of the hub itself. Figures are
generous to a fleet behind one address: 500 agents that come back together after a restart of the hub use up no limit. Standard library
only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """So many at once, then so many a second, counted for each of `each`."""

    what: str
    burst: float
    per_second: float
    each: str
    then: str
    """What becomes of the offender."""
    unit: str = ""

    @property
    def bound(self) -> str:
        """In words, for the documentation."""
        return f"{_amount(self.burst, self.unit)} at once, then {_amount(self.per_second, self.unit)} a second"


@dataclass(frozen=True)
class Most:
    """At most so many at one time, for each of `each`."""

    what: str
    most: float
    each: str
    then: str
    unit: str = ""

    @property
    def bound(self) -> str:
        """In words, for the documentation."""
        return _amount(self.most, self.unit)


def _amount(value: float, unit: str) -> str:
    if unit == "bytes" and value >= 2**10:
        value, unit = (value / 2**20, "MiB") if value >= 2**20 else (value / 2**10, "KiB")
    return f"{value:,.{0 if value >= 100 else 2}{'f' if value >= 100 else 'g'}} {unit}".rstrip()


# --- connections ------------------------------------------------------------------------------------------------------------

CONNECTIONS = Most("open connections", 2048, "address", "the next one is closed at once")
NEW_CONNECTIONS = Rate("new connections", 1500, 30, "address", "the next one is closed at once")
SESSION_SECONDS = Most(
    "a WebSocket without a session", 10, "connection", "it is dropped, after twice that at the latest, thrice if it waits for the hub", "s"
)
PING_SECONDS = Most("a ping without an answer: dead or slow readers", 4, "connection", "it is dropped", "s")
UNSENT_BYTES = Most("what a reader has not taken yet", 4 * 2**20, "connection", "it is dropped", "bytes")
ALL_UNSENT_BYTES = Most("what all readers have not taken yet", 128 * 2**20, "hub", "whoever has most of it is dropped", "bytes")
# a thousand hosts send that in a minute and a half: so long may the services stand still
WORKER_UNSENT_BYTES = Most(
    "what one of the hub's own workers has not taken yet",
    64 * 2**20,
    "worker",
    "the hub ends, and whoever started it starts it again",
    "bytes",
)
STUCK_SECONDS = Most("a download that does not move", 30, "connection", "it is dropped", "s")
REQUEST_SECONDS = Most("a request that is not whole", 60, "connection", "it is dropped", "s")

# --- messages ---------------------------------------------------------------------------------------------------------------

INBOUND_BYTES = Most("one message", 128 * 1024, "connection", "it is dropped", "bytes")
HELLO_BYTES = Most("one message before there is a session", 8 * 1024, "connection", "it is dropped", "bytes")
MESSAGE_VALUES = Most("values in one message", 20_000, "connection", "it is dropped")
ROUTER_SECONDS = Rate(
    "processor time of the router for what one sends", 0.3, 0.05, "connection", "nothing more is read from it until the rate fits", "s"
)

CALLS_AT_ONCE = Most("calls that wait for their answer", 8, "session", "nothing more is read from it until one is answered")

# --- joining ----------------------------------------------------------------------------------------------------------------

# so few that who has begun gets through when hundreds come together, instead of all being late together
JOINS_AT_ONCE = Most("joins that are looked at", 8, "hub", "the others wait, each address for its turn")
JOINS_WAITING_PER_ADDRESS = Most("joins that wait for their turn", 2048, "address", "further ones are refused")
REFUSED_JOINS = Rate("joins that were refused: wrong keys, codes, tickets", 100, 5, "address", "keys of no host are refused unread")
HOST_JOINS = Rate("joins of one host", 20, 0.5, "host and address", "further ones are refused")
# as many as ask again and again without being refused unread
REQUESTS_PER_ADDRESS = Most("keys that wait for approval", 20, "address", "further ones are not shown until there is room")
REQUESTS = Most("keys that wait for approval", 100, "hub", "the newest of the busiest address goes")
REQUEST_ASKS_SECONDS = Most(
    "a waiting key that does not ask again, where others of its address have no room", 60, "key", "it is forgotten", "s"
)
REQUEST_UNSEEN_SECONDS = Most("a waiting key that does not ask again", 600, "key", "it is forgotten", "s")

# --- samples ----------------------------------------------------------------------------------------------------------------

SAMPLES_BURST = Most("samples at once beyond a host's interval", 20, "host", "the samples above are dropped, and its card says so")
SAMPLES_SHARE = Most(
    "samples, as a multiple of what its settings ask for", 2, "host", "the samples above are dropped, and its card says so"
)

WATCHED_SHARE = Most(
    "samples of a watched host beside its regular ones, as a multiple of what it was asked for", 2, "host", "the samples above are dropped"
)

# --- the fleet --------------------------------------------------------------------------------------------------------------

# a page that was opened reads each host once: that is 20,000 hosts, or 1,000 twenty times
SNAPSHOT_HOSTS = Rate(
    "hosts in the pages of the snapshot that one reads, each page at least ten", 20_000, 500, "session", "the answers come later"
)
# a hundred walls of one account that come back together to a thousand hosts do not wait
SNAPSHOT_HOSTS_OF_PERSON = Rate("the same, all pages together", 200_000, 2_000, "person", "the answers come later")

# --- watching and asking ----------------------------------------------------------------------------------------------------

LEASES = Most("hosts that are watched", 100, "hub", "further ones are refused; they show what they send by themselves")
LEASES_OF_PERSON = Most("hosts that one watches, all pages together", 16, "person", "further ones are refused")
WATCH_CHANGES = Rate("changes of how closely a host is watched", 10, 1, "host", "it is told of them later")
QUERIES_OF_HOST = Most("queries that wait for an answer", 8, "host", "further ones are refused")
QUERIES_OF_PERSON = Most("queries that wait for an answer of one host, all pages together", 3, "person", "further ones are refused")
QUERIES_OF_SESSION = Most("queries that wait for an answer", 4, "session", "further ones are refused")

# --- the last ten minutes ---------------------------------------------------------------------------------------------------

SERIES_OF_HOST = Most("series of the last ten minutes: metrics and their instances", 256, "host", "further ones have no past")
INSTANCES_OF_HOST = Most("of these, series of instances: cores, disks, interfaces, sensors", 224, "host", "further ones have no past")
SERIES = Most("series of the last ten minutes, of about 3 kB each", 100_000, "hub", "further ones have no past")
# who asks and goes leaves the question behind, and may come again
SERIES_QUESTIONS = Most("questions about the last ten minutes that wait for their answer", 1024, "person", "further ones are refused")
SERIES_SECONDS = Rate("processor time for what one reads of the last ten minutes", 2, 0.1, "person", "the answers come later", "s")

# --- pages ------------------------------------------------------------------------------------------------------------------

LOGIN_FAILURES = Most("failed log-ins", 10, "address", "no log-in from there for 10 minutes")
LOGIN_PAUSE_SECONDS = Most("the pause after that", 600, "address", "the page says how long", "s")
PAGES_AT_ONCE = Most("requests at Django", 64, "hub", "others wait for their turn")
PAGES_AT_ONCE_PER_ADDRESS = Most("requests at Django", 6, "address", "others of that address wait for their turn")
PAGES_WAITING_PER_ADDRESS = Most("requests that wait for their turn", 256, "address", "429: further ones are told to come back")
PAGES_WAIT_SECONDS = Most("a request that waits for its turn", 15, "request", "503: it is told to come back", "s")
BODY_BYTES = Most("what one request brings along", 2**20, "request", "413, and its connection is closed", "bytes")
BODIES_BYTES_PER_ADDRESS = Most("what unfinished requests have brought", 8 * 2**20, "address", "503, and its connection is closed", "bytes")
BODIES_BYTES = Most("what unfinished requests have brought", 64 * 2**20, "hub", "503, and its connection is closed", "bytes")

# --- the log ----------------------------------------------------------------------------------------------------------------

ROUTER_WORDS = Rate("Crossbar.io's warnings and tracebacks about sessions", 60, 1, "module of its router", "they are left out")
WORDS = Rate("the same words about one offender in the log", 1, 1 / 60, "offender", "they are left out")
ALL_WORDS = Rate("words about all who are over one limit", 60, 1, "limit", "they are left out")

LIMITS: tuple[Rate | Most, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Rate | Most))
