"""The WSGI application that the `django` worker serves."""

import os

from django.core.wsgi import get_wsgi_application

from components.upstream_crossbar import redact_log

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_project.settings")
os.environ.setdefault("CROSSBAR_DIR", os.getcwd())  # a worker runs in its node directory, whatever --cbdir was
redact_log()
application = get_wsgi_application()
