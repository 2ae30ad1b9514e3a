"""The REST API of workspaces, and the base that every other API builds on."""
