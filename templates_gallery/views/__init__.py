"""Pages of the gallery."""
