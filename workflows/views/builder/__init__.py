"""The page that the workflow builder is mounted on."""
