"""Chaos: a whole copy of Copyloom, and what is done to it. ``python -m tests.chaos --help``."""
