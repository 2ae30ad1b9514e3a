"""RQ through django-rq. The connection itself is built in ``workflows/queue.py``."""

from config.settings.environment import ENV

REDIS_URL = ENV.redis_url
RQ_QUEUES = {
    "nodes": {
        "URL": ENV.redis_url,
        "SERIALIZER": "rq.serializers.JSONSerializer",
        "DEFAULT_TIMEOUT": -1,
        "REDIS_CLIENT_KWARGS": {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": None},
    }
}
RQ = {"COMMIT_MODE": "auto"}
RQ_SHOW_ADMIN_LINK = False
