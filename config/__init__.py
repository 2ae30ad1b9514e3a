"""Settings, URLs and health of the site."""
