"""The only door through which components reach Django. Everything here blocks: call it in a thread.

Refusals are `components.errors`, by name. `now` is UTC seconds since the epoch.
"""

from django_app.admission import Principal, admit_agent, enrol_local_host
from django_app.approval import approve_hosts, deny_requests, expire_requests
from django_app.bridge import send_by as announce_by
from django_app.fleet import (
    FleetRow,
    Presence,
    connected_hosts,
    fleet_rows,
    forget_presence,
    ping,
    record_duplicates,
    record_facts,
    record_presence,
    record_stop,
)
from django_app.hosts import AgentHello, Enrolment
from django_app.preparation import FirstLogin, prepare
from django_app.revisions import change_hosts, get_configs, pending_configs, report_configs
from django_app.tickets import admit_ticket, expire_tickets, for_session, unfit

__all__ = [
    "AgentHello",
    "Enrolment",
    "FirstLogin",
    "FleetRow",
    "Presence",
    "Principal",
    "admit_agent",
    "admit_ticket",
    "announce_by",
    "approve_hosts",
    "change_hosts",
    "connected_hosts",
    "deny_requests",
    "enrol_local_host",
    "expire_requests",
    "expire_tickets",
    "fleet_rows",
    "for_session",
    "forget_presence",
    "get_configs",
    "pending_configs",
    "ping",
    "prepare",
    "record_duplicates",
    "record_facts",
    "record_presence",
    "record_stop",
    "report_configs",
    "unfit",
]
