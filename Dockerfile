# Meishi's app, and with another command its workers: see compose.yaml.
# The tag is a name that moves with security updates. To pin the very bytes, add the digest that this prints:
#   docker buildx imagetools inspect python:3.11-slim-bookworm
FROM python:3.11-slim-bookworm AS packages
# Given PyTorch's index of CPU wheels, the image is two gigabytes smaller: else it brings what graphics cards need.
ARG PIP_EXTRA_INDEX_URL
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
 && .venv/bin/pip uninstall --yes pip

FROM python:3.11-slim-bookworm
# Nothing is installed here: the packages bring their libraries. No compiler, no pip of the environment's.
RUN useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin meishi \
 && install --directory --owner=meishi --group=meishi --mode=700 /data
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY Home.py server.py requirements.txt LICENSE ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY lib lib
COPY pages pages
COPY sql sql
COPY static static
# Written once: the code belongs to root, and the file system is read-only where it runs.
RUN .venv/bin/python -m compileall -q lib pages Home.py server.py
# Beyond this machine, which the app refuses unless SIGN_IN is set.
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MEISHI_HOME=/data \
    LOG_FORMAT=json \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501
# By number, so that whoever runs it can tell that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/_meishi/health', timeout=8)"]
CMD ["python", "-m", "lib"]
