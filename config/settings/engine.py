"""Timings of the engine, how long it keeps runs, and the default limits of a workspace."""

from config.settings.environment import ENV

ENGINE = ENV.engine
RETENTION = ENV.retention
PROVIDERS = ENV.providers
WORKSPACE_LIMITS = {
    "max_concurrent_executions": 10,
    "max_parallel_agents": 20,
    "execution_time_limit": 30 * 60,
    "max_nodes": 100,
    "max_images_per_document": 20,
}
"""Defaults; a workspace may have its own. ``execution_time_limit`` is in seconds of active time."""
WORKSPACE_CEILINGS = {
    "max_concurrent_executions": 100,
    "max_parallel_agents": 100,
    "execution_time_limit": 24 * 60 * 60,
    "max_nodes": 100,
    "max_images_per_document": 20,
}
"""What a workspace's own admins may go up to; whoever runs the site may go beyond in the admin."""
