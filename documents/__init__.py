"""Documents and their images."""
