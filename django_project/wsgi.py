"""The WSGI application that the `django` worker serves."""

import os

from django.core.wsgi import get_wsgi_application

from components.directories import tell_node_directory
from components.upstream_crossbar import redact_log
from components.upstream_requests import bound_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_project.settings")
tell_node_directory()
redact_log()
bound_requests()
application = get_wsgi_application()
