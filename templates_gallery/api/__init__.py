"""The REST API of the gallery."""
