"""manage.py against the database of a running test."""

import os

import django
from django.conf import settings
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    import sys

    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE_NAME"]
    settings.MEDIA_ROOT = os.environ["TEST_MEDIA_ROOT"]
    django.setup()
    execute_from_command_line(["manage.py", *sys.argv[1:]])
