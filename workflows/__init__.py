"""Workflows and the engine that runs them."""
