"""`python manage.py addhost NAME`: a code for a new host, or for several."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from components.errors import InvalidPayload
from django_app.admission import join_command, join_hint, make_code
from django_app.words import duration, parse_duration, times

SAME_DATABASE = "A hub with VEDETTE_DATA or DATABASE_URL has another one, unless this command is given the same."


class Command(BaseCommand):
    """Make an enrolment code and say how to use it."""

    help = "Print a code and the command to run on a new host."

    def add_arguments(self, parser: CommandParser) -> None:
        """NAME, --uses, --valid and --quiet."""
        parser.add_argument("name", metavar="NAME", help="what the hub shall call the host; with more uses, what it shall call the code")
        parser.add_argument("--uses", type=int, default=1, metavar="N", help="how many hosts may enrol with the code (%(default)s)")
        parser.add_argument("--valid", default="10min", metavar="TIME", help="how long, such as 30min, 8h, 7d (%(default)s)")
        parser.add_argument("--quiet", action="store_true", help="print the code alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError for a bad name, number or time, or before the hub's first start."""
        try:
            seconds = parse_duration(options["valid"])
            code = make_code(options["name"], by_id=None, now=time.time(), uses=options["uses"], seconds=seconds)
        except InvalidPayload as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            remedy = f"start the hub once with: crossbar start. {SAME_DATABASE}"
            raise CommandError(f"the database {_database()} is not ready ({error}); {remedy}") from error
        if options["quiet"]:
            self.stdout.write(code.text)
            return
        self.stdout.write(f"The code for {code.name}, to be used {times(code.uses)} within {duration(seconds)}:\n\n    {code.text}\n\n")
        self.stdout.write(f"Run on the host, where vedette-agent is installed:\n\n    {join_command(code.text)}\n\n")
        if hint := join_hint():
            self.stdout.write(f"{hint}\n\n")
        self.stdout.write(f"It stands in the database {_database()}. {SAME_DATABASE}\n")


def _database() -> str:
    name, server = connection.settings_dict["NAME"], connection.settings_dict["HOST"]
    return f"{name} at {server}" if server else str(name)
