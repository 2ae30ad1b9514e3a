"""Runs as pages show them: what is read, how it is laid out; nothing here writes a status."""
