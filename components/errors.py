"""Everything Vedette refuses, by name.

A refusal travels as a WAMP error: its URI says what was refused, its text names the thing, the value and the remedy.

    VedetteError
    ├── InvalidPayload      vedette.error.invalid_payload     a wrong type, a bound exceeded, a field missing
    ├── NotAllowed          vedette.error.not_allowed         the caller's role or permission does not suffice
    ├── UnknownHost         vedette.error.unknown_host        no such host
    ├── NoAnswer            vedette.error.no_answer           the host was asked and did not answer in time, or could not be asked
    ├── QueryRefused        vedette.error.query_refused       the host's lock file forbids it, or too much is asked
    └── JoinRefused
        ├── NotApproved     vedette.error.not_approved        the key is new: it waits until an operator approves it
        ├── KeyDenied       vedette.error.key_denied          an operator denied this key
        ├── KeyRevoked      vedette.error.key_revoked         the host of this key was revoked
        ├── DuplicateKey    vedette.error.duplicate_key       another agent with the same key joined later, and is here
        ├── TooManyJoins    vedette.error.too_many_joins      this address or host tries too often
        ├── CodeUnknown     vedette.error.code_unknown        never issued by this hub
        ├── CodeForged      vedette.error.code_forged         the proof does not fit the code
        ├── CodeExpired     vedette.error.code_expired
        ├── CodeUsed        vedette.error.code_used
        ├── TicketForged    vedette.error.ticket_forged
        ├── TicketExpired   vedette.error.ticket_expired
        ├── TicketUsed      vedette.error.ticket_used
        └── OriginRefused   vedette.error.origin_refused      a page of another site asked
"""

from __future__ import annotations


class VedetteError(Exception):
    """Base of all refusals; `str(error)` is safe to show to whoever caused it."""

    uri = "vedette.error.internal"


class InvalidPayload(VedetteError):
    """What arrived is not of the documented shape."""

    uri = "vedette.error.invalid_payload"


class NotAllowed(VedetteError):
    """The caller is known, and may not do this."""

    uri = "vedette.error.not_allowed"


class UnknownHost(VedetteError):
    """No host has this id."""

    uri = "vedette.error.unknown_host"


class NoAnswer(VedetteError):
    """The host is not connected, or did not answer in time."""

    uri = "vedette.error.no_answer"


class QueryRefused(VedetteError):
    """The host's lock file forbids the query, the host is disabled, or too many queries wait."""

    uri = "vedette.error.query_refused"


class JoinRefused(VedetteError):
    """Nobody gets in with this."""

    uri = "vedette.error.join_refused"


class NotApproved(JoinRefused):
    """The key is new and came without an enrolment code: it waits until an operator approves it."""

    uri = "vedette.error.not_approved"


class KeyDenied(JoinRefused):
    """An operator denied this public key."""

    uri = "vedette.error.key_denied"


class KeyRevoked(JoinRefused):
    """The host with this public key was revoked."""

    uri = "vedette.error.key_revoked"


class DuplicateKey(JoinRefused):
    """Another agent with the same key joined later, and is here: a key was copied from one machine to another."""

    uri = "vedette.error.duplicate_key"


class TooManyJoins(JoinRefused):
    """This address, or this host, tries to join too often."""

    uri = "vedette.error.too_many_joins"


class CodeUnknown(JoinRefused):
    """This hub never issued the code, or has forgotten it."""

    uri = "vedette.error.code_unknown"


class CodeForged(JoinRefused):
    """The proof was not made with the code's secret for this public key."""

    uri = "vedette.error.code_forged"


class CodeExpired(JoinRefused):
    """The code's time is over."""

    uri = "vedette.error.code_expired"


class CodeUsed(JoinRefused):
    """Another host enrolled with the code."""

    uri = "vedette.error.code_used"


class TicketForged(JoinRefused):
    """This hub did not sign the ticket."""

    uri = "vedette.error.ticket_forged"


class TicketExpired(JoinRefused):
    """The ticket is older than it may be, or what it stood for is gone."""

    uri = "vedette.error.ticket_expired"


class TicketUsed(JoinRefused):
    """Somebody joined with the ticket before."""

    uri = "vedette.error.ticket_used"


class OriginRefused(JoinRefused):
    """The browser says that a page of another site asked."""

    uri = "vedette.error.origin_refused"
