"""Prepares everything a first start needs. A router component, because its `onJoin` is awaited before any port opens.

A second start changes nothing.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from autobahn.wamp.types import SessionDetails
from django.conf import settings

from components import orm
from components.agent.environment import host_name
from components.agent.identity import load_or_make_key
from components.base import HubComponent
from components.collecting import collect_seldom
from components.directories import local_agent_data, make_run_directory
from components.reactor import reactor
from components.upstream_autobahn import refuse_hostile_messages
from components.upstream_connections import allow_open_files, bound_connections
from components.upstream_crossbar import ignore_certificates, let_callers_go, route_without_words
from components.upstream_requests import bound_requests
from components.upstream_twisted import serve_in_short_rounds
from components.upstream_websockets import bound_messages, require_sessions
from django_app import services

SWITCH_SECONDS = 0.001
"""How long the reactor may keep the database's threads from running, when it is busy with somebody else's messages."""


class Setup(HubComponent):
    """Data directory, secrets, migrations, first operator, static files, and this machine's own agent."""

    async def start(self, details: SessionDetails) -> None:
        os.umask(0o077)
        self.bound()
        node = Path(self.config.extra["cbdir"])
        make_run_directory(node)
        first_login = await orm.call_patiently(services.prepare, now=time.time())
        if first_login is not None:
            # at the highest level, so that it shows whatever --loglevel says
            self.log.critical(
                "First start. Sign in at {url} as  {user}  with  {word}  (also in {file}, until the first login)",
                url=settings.PUBLIC_URLS[0],
                user=first_login.username,
                word=first_login.password,
                file=first_login.path,
            )
        key = load_or_make_key(local_agent_data())
        await orm.call(services.enrol_local_host, key.public_key(), name=host_name(), now=time.time())
        await orm.call(services.forget_presence, now=time.time())

    def bound(self) -> None:
        """Let nobody take this process, the router's, from the others: before any port opens."""
        serve_in_short_rounds(reactor)
        refuse_hostile_messages()
        route_without_words()
        let_callers_go()
        ignore_certificates()
        allow_open_files()
        bound_connections()
        bound_requests(among_many=True)
        require_sessions()
        bound_messages()
        sys.setswitchinterval(SWITCH_SECONDS)
        collect_seldom()
