"""Reviews by people."""
