"""Workflow graphs: shapes, parsing, order, variables and rules. Pure, no Django."""
