# Production's image: the web process by default, the worker with `work`. PostgreSQL and Redis stand beside it.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --disable-pip-version-check uv
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_SYSTEM_CERTS=1
COPY requirements.lock requirements-serve.lock ./
RUN /tools/bin/uv venv /opt/marcai && /tools/bin/uv pip sync --no-cache --python /opt/marcai --require-hashes requirements-serve.lock
COPY pyproject.toml README.md ./
COPY src src
COPY prompts prompts
COPY fixtures fixtures
# What builds the project is pinned too.
RUN /tools/bin/uv pip install --no-cache --python /opt/marcai --no-deps --build-constraints requirements.lock . \
    && /opt/marcai/bin/python -m compileall -q /opt/marcai/lib

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin marcai
COPY --from=build /opt/marcai /opt/marcai
ENV PATH=/opt/marcai/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER marcai
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["marcai"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
