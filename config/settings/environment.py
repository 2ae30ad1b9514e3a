"""The environment that the settings are built from."""

import os

import django_stubs_ext

from config.env import read_env

django_stubs_ext.monkeypatch()  # lets admin and form classes name the model they are for

PRODUCTION = os.environ.get("DJANGO_SETTINGS_MODULE") == "config.settings.production"
ENV = read_env(local=not PRODUCTION)
