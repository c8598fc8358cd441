# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
# EXTRAS="--extra semantic" for a local model; mount its folder and name it in EMBEDDING_MODEL_DIR (compose.yaml does both).
ARG EXTRAS=""
RUN pip install --no-cache-dir "uv>=0.13,<0.14"
WORKDIR /srv/marquee
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-install-project $EXTRAS
COPY . .
RUN uv sync --frozen --no-dev $EXTRAS \
 && secret() { .venv/bin/python -c "import secrets; print(secrets.token_urlsafe(48))"; } \
 && ENV_FILE= SECRET_KEY=$(secret) JWT_SECRET=$(secret) ENVIRONMENT=production ALLOWED_HOSTS=localhost DATABASE_URL=postgresql://nobody@localhost/none \
    .venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
RUN useradd --system --no-create-home marquee
WORKDIR /srv/marquee
COPY --from=build /srv/marquee /srv/marquee
ENV PATH=/srv/marquee/.venv/bin:$PATH ENV_FILE= ENVIRONMENT=production BIND_ADDRESS=0.0.0.0 PYTHONUNBUFFERED=1
USER marquee
EXPOSE 8000
# A probe must name a host that is allowed.
HEALTHCHECK --interval=10s --timeout=6s CMD ["python", "-c", "import os, urllib.request as u; \
  host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('*.') or 'localhost'; port = os.environ.get('PORT', '8000'); \
  u.urlopen(u.Request(f'http://127.0.0.1:{port}/health/live', headers={'Host': host}), timeout=5)"]
CMD ["gunicorn"]
