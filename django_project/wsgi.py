"""The WSGI application that the `django` worker serves."""

import os

from components.upstream_crossbar import redact_log
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_project.settings")
redact_log()
application = get_wsgi_application()
