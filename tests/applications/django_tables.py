"""Creates the tables of Django's contrib applications and of Wagtail: `engine name host port schema`."""

from __future__ import annotations

import sys
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

DJANGO = ["admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"]
WAGTAIL = [
    "admin",
    "contrib.forms",
    "contrib.redirects",
    "documents",
    "embeds",
    "images",
    "search",
    "sites",
]

engine, name, host, port, schema = sys.argv[1:]
database: dict[str, Any] = {"ENGINE": f"django.db.backends.{engine}", "NAME": name}
if engine == "postgresql":
    database |= {"HOST": host, "PORT": port, "USER": "postgres", "OPTIONS": {"options": f"-c search_path={schema}"}}
settings.configure(
    DATABASES={"default": database},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        *[f"wagtail.{application}" for application in WAGTAIL],
        *("wagtail.snippets", "wagtail.users", "wagtail", "modelcluster", "taggit"),
        *[f"django.contrib.{application}" for application in DJANGO],
    ],
    SECRET_KEY="of a test",
    SITE_ID=1,
    STATIC_URL="/static/",
    USE_TZ=True,
    WAGTAILADMIN_BASE_URL="http://localhost",
    WAGTAIL_SITE_NAME="a test",
)
django.setup()
call_command("migrate", verbosity=0)
