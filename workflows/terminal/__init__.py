"""Runs in a terminal."""
