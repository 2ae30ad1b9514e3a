"""Statuses, plan and retry rules: pure."""
