"""The workspace's model services, below its settings."""
