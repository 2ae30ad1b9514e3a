# syntax=docker/dockerfile:1
# One image for web, worker, reconcile and migrate; the command decides which.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt ./
# Wheels alone: nothing is compiled, and every file's hash is in the lock.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.11-slim-bookworm AS runtime
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    WEB_CONCURRENCY=2
RUN groupadd --gid 10001 copyloom \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin copyloom
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
# The app cannot change its own code; the development file gives the code to the app instead.
ARG CODE_OWNER=root
COPY --chown=${CODE_OWNER} . .
# The settings refuse to load without these; they last for this one command.
RUN ALLOWED_HOSTS=build \
    DATABASE_URL=postgres://build/build \
    REDIS_URL=redis://build \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    FIELD_ENCRYPTION_KEYS="$(python -c 'from cryptography.fernet import Fernet as F; print(F.generate_key().decode())')" \
    python manage.py collectstatic --noinput \
    && install -d -o 10001 -g 10001 .local .local/media
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# How many processes serve is WEB_CONCURRENCY, which gunicorn reads by itself.
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--threads", "8", "--timeout", "60", "--graceful-timeout", "30", \
     "--max-requests", "10000", "--max-requests-jitter", "1000", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
