"""`python manage.py addhost NAME`: a one-time code for a new host."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from components.errors import InvalidPayload
from django_app.admission import CODE_SECONDS, join_command, join_hint, make_code


class Command(BaseCommand):
    """Make an enrolment code and say how to use it."""

    help = "Print a one-time code and the command to run on a new host."

    def add_arguments(self, parser: CommandParser) -> None:
        """NAME and --quiet."""
        parser.add_argument("name", metavar="NAME", help="what the hub shall call the host")
        parser.add_argument("--quiet", action="store_true", help="print the code alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError for a bad name, or before the hub's first start."""
        try:
            code = make_code(options["name"], by_id=None, now=time.time())
        except InvalidPayload as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"the database is not ready ({error}); start the hub once with: crossbar start") from error
        if options["quiet"]:
            self.stdout.write(code.text)
            return
        self.stdout.write(f"The code for {code.name}, to be used once within {CODE_SECONDS / 60:.0f} minutes:\n\n    {code.text}\n\n")
        self.stdout.write(f"Run on the host, where vedette-agent is installed:\n\n    {join_command(code.text)}\n\n")
        if hint := join_hint():
            self.stdout.write(f"{hint}\n\n")
