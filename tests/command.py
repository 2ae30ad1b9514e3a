"""manage.py against the database of a running test.

``TEST_ENGINE`` (``lease_seconds=1,…``) changes timings of the engine, ``TEST_PATCHES`` names
functions that are called before the command: they break this process on purpose.
"""

import os
from dataclasses import replace

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.utils.module_loading import import_string


def prepare() -> None:
    """Point the settings at the test's database, files and timings."""
    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE_NAME"]
    settings.MEDIA_ROOT = os.environ["TEST_MEDIA_ROOT"]
    pairs = (one.split("=") for one in os.environ.get("TEST_ENGINE", "").split(",") if one)
    settings.ENGINE = replace(settings.ENGINE, **{name: float(value) for name, value in pairs})


if __name__ == "__main__":
    import sys

    prepare()
    django.setup()
    for name in os.environ.get("TEST_PATCHES", "").split():
        import_string(name)()
    execute_from_command_line(["manage.py", *sys.argv[1:]])
