"""The one settings module. Every outside value is read through env.py; docs/settings.md lists them all."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from cerby_gateway import databases, env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR)
TOKEN_HASH_PEPPER, TOKEN_TAG_PEPPER = env.secret_pair("TOKEN_PEPPERS", DATA_DIR)
GATEWAY_KEYS = env.sealing_keys("GATEWAY_KEYS", DATA_DIR)

# Where the product is reached
PUBLIC_URL = env.address("PUBLIC_URL")
TLS_CERT = env.text("TLS_CERT")
TLS_KEY = env.text("TLS_KEY")
TRUSTED_NETWORKS = env.networks("TRUSTED_PROXIES")
BEHIND_TLS = PUBLIC_URL.startswith("https:") or bool(TLS_CERT)
# Loopback always: the links that are printed at a start lead there. It gives nobody else anything: no mail is
# built from the host of a request.
ALLOWED_HOSTS = [
    *("localhost", "127.0.0.1", "[::1]"),
    *env.names("ALLOWED_HOSTS"),
    *filter(None, [urlsplit(PUBLIC_URL).hostname]),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_NETWORKS else None
ROOT_URLCONF = "cerby_gateway.urls"
WSGI_APPLICATION = "cerby_gateway.wsgi.application"
APPEND_SLASH = True

INSTALLED_APPS = [
    "cerby_gateway",
    "integrations",
    "integrations.audit",
    "integrations.traffic",
    "integrations.delivery",
    "integrations.api",
    "scim",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "cerby_gateway.middleware.request_context",
    "scim.endpoints.door.scim_door",
    "integrations.api.door.api_door",
    "cerby_gateway.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "integrations.sign_in.idle_sign_out",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "integrations.console.layout.page",
            ],
            "libraries": {"ui": "integrations.console.tags"},
        },
    }
]

# Data
DATABASES = {"default": databases.settings(env.database("DATABASE_URL", DATA_DIR / "gateway.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Counts of wrong passwords are in it. From this many entries on, live ones are thrown away: with
        # Django's 300 a few hundred attempts on other accounts would give an account a fresh limit.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Signing in
AUTH_USER_MODEL = "integrations.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique without regard to case, by a constraint
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "integrations.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_SESSION_REMEMBER = False
STEP_UP_AGE = timedelta(minutes=10)

SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE = timedelta(minutes=30)
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_TLS else "session"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if BEHIND_TLS else "csrf"
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "integrations.console.errors.out_of_date"

# Mail
MAIL_CONFIGURED = bool(env.text("EMAIL_URL"))
vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"cerby-gateway@{urlsplit(PUBLIC_URL).hostname or 'localhost'}")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

# What a browser may do
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0

# Static files: hashed names, compressed, collected into DATA_DIR when they changed
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_USE_FINDERS = DEBUG
# Pages name hashed files alone: half as many are compressed at the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "cerby_gateway" / "locale"]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# SCIM
SCIM_BODY_LIMIT = 1024 * 1024
SCIM_GROUP_BODY_LIMIT = 16 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "integrations.kit.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = SCIM_GROUP_BODY_LIMIT + 1
TOKEN_PREFIX = "cgw"  # noqa: S105 - the public part of every token
API_KEY_PREFIX = "cgk"
TOKEN_RATE_LIMIT = env.integer("TOKEN_RATE_LIMIT", 6000)
TOKEN_BURST_LIMIT = 200
TOKEN_BCRYPT_COST = 10
JOURNAL_WRITER = "thread"

# Delivery
DELIVERY_ENGINE = env.choice("DELIVERY_ENGINE", ("embedded", "postgres", "redis"))
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")

# What is kept of requests
REQUEST_LOG_AGE = timedelta(days=30)
REQUEST_LOG_ROWS = 100_000
SCIM_SERVICE_PROVIDER = {
    "NETLOC": urlsplit(PUBLIC_URL).netloc or "localhost",
    "EXPOSE_SCIM_EXCEPTIONS": False,
    "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "SCIM gateway token", "primary": True}],
    "WWW_AUTHENTICATE_HEADER": 'Bearer realm="scim"',
    "USER_MODEL_GETTER": "scim.endpoints.adapters.user_model",
    "USER_ADAPTER": "scim.endpoints.adapters.UserAdapter",
    "GROUP_MODEL": "scim.models.ScimGroup",
    "GROUP_ADAPTER": "scim.endpoints.adapters.GroupAdapter",
    "AUTH_CHECK_MIDDLEWARE": "scim.endpoints.auth.GatewayTokenCheck",
}

# The management API
API_RATE_LIMIT = env.integer("API_RATE_LIMIT", 600)
API_BODY_LIMIT = 1024 * 1024
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["integrations.api.auth.KeyAuthentication"],
    # Whoever has no key is refused before; what a key may is asked by each operation.
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["integrations.api.parsing.StrictJson"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "integrations.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cerby Gateway",
    "VERSION": "v1",
    "DESCRIPTION": (
        "What the console does, for scripts and infrastructure code. In the console alone: Sync, the "
        "decision about what the safety brake holds, editing and handing over a delivery, attributes of an "
        "integration's own, API keys, and the workspace's settings."
    ),
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "LeavingEnum": "integrations.delivery.models.AppConnection.Leaving",
        "DeliveryStatusEnum": "integrations.delivery.models.Delivery.Status",
        "IntegrationStateEnum": "integrations.traffic.standing.State",
        "TaskStateEnum": "integrations.delivery.models.Task.State",
        "TokenStateEnum": "integrations.models.GatewayToken.State",
        "ProvisioningStateEnum": "integrations.delivery.provisioning_state.State",
        "RoleEnum": "integrations.models.Role",
    },
}

# What connectors may reach
OUTBOUND_ALLOWED_NETWORKS = env.networks("OUTBOUND_ALLOWED_NETWORKS")
OUTBOUND_PROXY = env.address("OUTBOUND_PROXY")
FILE_DROP_ROOT = env.root("FILE_DROP_ROOT")
SCRIPT_ROOT = env.root("SCRIPT_ROOT")

LOGGING_CONFIG = "cerby_gateway.logs.configure"
LOGGING = {"debug": DEBUG}
