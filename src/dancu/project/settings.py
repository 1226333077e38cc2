"""Django's settings, derived from the one `Config`. Nothing is read from the environment here but through it."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from dancu.kernel.config import read_config
from dancu.project import wiring

CONFIG = read_config()
HERE = Path(__file__).resolve().parent.parent


def _secret_key() -> str:
    """The session key of the installation; without one, a passing key that no session survives."""
    key_file = CONFIG.key_dir / "django.key"
    return key_file.read_text().strip() if key_file.is_file() else secrets.token_urlsafe(48)


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "dancu.project.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "dancu",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A page gives up in time to say so; a lock is never waited for longer than an officer waits.
            "connect_timeout": 3,
            "application_name": "dancu-web",
            "options": "-c statement_timeout=8000 -c lock_timeout=2000",
            **query,
        },
    }


SECRET_KEY = _secret_key()
DEBUG = CONFIG.debug
ALLOWED_HOSTS = ["*"] if CONFIG.demo else [urlsplit(CONFIG.public_url).hostname or "localhost", "localhost", "127.0.0.1"]
NAVIGATION = wiring.navigation(has_registry=CONFIG.upstream is None)
FOR_CITIZENS = wiring.FOR_CITIZENS
OUTBOX_HANDLERS = wiring.OUTBOX_HANDLERS
PROPOSAL_HANDLERS = wiring.PROPOSAL_HANDLERS
FIRST_DAY_SHOWN = wiring.FIRST_DAY_SHOWN
PROPOSAL_STANDINGS = wiring.PROPOSAL_STANDINGS
PROPOSAL_ENDINGS = wiring.PROPOSAL_ENDINGS
ROOT_URLCONF = "dancu.project.urls"
WSGI_APPLICATION = "dancu.project.wsgi.application"
DATABASES = {"default": _database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "dancu.ui",
    "dancu.ledger",
    "dancu.notices",
    "dancu.population",
    "dancu.identity",
    "dancu.onboarding",
    "dancu.exchange",
    "dancu.procedures",
    "dancu.reconcile",
    "dancu.registrar",
    "dancu.protection",
    "dancu.portal",
    "dancu.steering",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "dancu.ui.responses.compressed_pages",
    "dancu.ui.responses.security_headers",
    "dancu.ui.responses.language_by_choice",
    "dancu.ui.responses.failures_as_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "dancu.identity.guard.officer_of_session",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "dancu.ui.responses.page_context",
                "dancu.notices.bell.bell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "dancu.ui.templatetags.ui_words",
                "dancu.ui.templatetags.ui_forms",
                "dancu.ui.templatetags.ui_parts",
            ],
        },
    }
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [HERE / "ui" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
STATIC_URL = "/static/"

# Signed cookies: a page can say that the database is down without asking the database who is signed in.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
_HTTPS = CONFIG.public_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
if _HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    # Several instances on one machine share cookies by host name: the port keeps their sessions apart.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"session-{CONFIG.web_port}", f"csrf-{CONFIG.web_port}"
CSRF_FAILURE_VIEW = "dancu.ui.responses.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

PASSWORD_HASHERS = ["dancu.identity.passwords.CounterArgon2Hasher"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}, "nobody": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django.server": {"level": "ERROR"},
        # It writes the path of every refused request, and whoever types a number into the address bar has put it there.
        # Failures are logged with a reference by `dancu.ui.responses`.
        "django.request": {"handlers": ["nobody"], "propagate": False},
        "django.security": {"handlers": ["nobody"], "propagate": False},
    },
}
