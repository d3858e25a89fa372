"""Django's settings for the hub, from the environment. Importing them makes the data directory and the secret key, nothing else."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.log import CallbackFilter

from components import directories
from components.limits import LOGIN_FAILURES, LOGIN_PAUSE_SECONDS
from django_project import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.private_directory(directories.data_directory())
NODE_DIR = environment.directory("CROSSBAR_DIR", BASE_DIR / ".crossbar", BASE_DIR)
PROXY_SECRET_FILE = DATA_DIR / directories.PROXY_SECRET
FIRST_LOGIN_FILE = DATA_DIR / "first-login"
BRIDGE_SOCKET = NODE_DIR / "run" / "bridge.sock"

DEBUG = False
SECRET_KEY = environment.secret("VEDETTE_SECRET_KEY") or environment.kept_secret(DATA_DIR / directories.SECRET_KEY)

# --- where people find the hub ---
_URLS = environment.public_urls("VEDETTE_PUBLIC_URL", "http://localhost:8080,http://127.0.0.1:8080")
PUBLIC_URLS = [url.geturl() for url in _URLS]
TRUSTED_PROXIES = environment.trusted_proxies()
_HTTPS = environment.secure_cookies(_URLS)
ALLOWED_HOSTS = environment.allowed_hosts(_URLS)
CSRF_TRUSTED_ORIGINS = PUBLIC_URLS
# only our proxy gets past ProxyOnly, and it overwrites this header
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if _HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600  # after the newest log-in or ticket; a page that stays open asks for one twice a day
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False  # the page's script sends it back
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF, *(url.replace("http", "ws", 1) for url in PUBLIC_URLS)],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = [
    "axes.W001",  # a cache in memory would count wrong in several processes; Django has one
    "security.W005",  # what other names of the domain do is not the hub's to say
    "security.W008",  # redirecting http to https is for the proxy in front that speaks https
    "security.W021",  # as W005
]

# --- the application ---
INSTALLED_APPS = [
    "django_app.apps.VedetteConfig",
    "django_app.apps.VedetteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "axes",
]
MIDDLEWARE = [
    "django_app.middleware.ProxyOnly",
    "django_app.middleware.NoNul",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_app.middleware.Refusals",
]
ROOT_URLCONF = "django_project.urls"
WSGI_APPLICATION = "django_project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

# --- failed log-ins: counted in memory, where strangers cannot make the database grow ---
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}}
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_LOCKOUT_PARAMETERS = ["ip_address"]  # not the name: else anybody could keep its owner out
AXES_CLIENT_IP_CALLABLE = "django_app.logins.client"
AXES_LOCKOUT_CALLABLE = "django_app.logins.paused_page"
AXES_FAILURE_LIMIT = int(LOGIN_FAILURES.most)
AXES_COOLOFF_TIME = timedelta(seconds=LOGIN_PAUSE_SECONDS.most)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

DATABASES = {"default": environment.database("DATABASE_URL", DATA_DIR / "vedette.sqlite3", BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- static files: crossbar serves what django_app.staticfiles collected ---
STATIC_URL = "/static/"
STATIC_ROOT = NODE_DIR / "static"
BROWSER_LIBRARIES = {  # prefix of the address: where npm put it
    "vendor/wampy": BASE_DIR / "node_modules" / "wampy" / "dist" / "esm",
    "vendor/uplot": BASE_DIR / "node_modules" / "uplot" / "dist",
}
STATICFILES_DIRS = [BASE_DIR / "static", *BROWSER_LIBRARIES.items()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django_app.staticfiles.DigestStorage"},
}

USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    # the beginning of a pause is logged, and not every try during it
    "filters": {"paused": {"()": CallbackFilter, "callback": lambda record: getattr(record, "status_code", None) != 429}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "ERROR"},  # django_app.logins says the same once, and names no account
        "django.request": {"filters": ["paused"]},
    },
}
