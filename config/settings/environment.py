"""The environment that the settings are built from."""

import os

from config.env import read_env

PRODUCTION = os.environ.get("DJANGO_SETTINGS_MODULE") == "config.settings.production"
ENV = read_env(local=not PRODUCTION)
