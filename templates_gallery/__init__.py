"""The gallery of templates."""
