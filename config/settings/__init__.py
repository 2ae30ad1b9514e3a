"""Settings, one file a concern."""
