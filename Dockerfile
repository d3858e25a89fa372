# Two images: docker build --target agent . and --target hub . (the last target is the default).

# --- the agent: no Crossbar.io, no Django -------------------------------------------------------------------------------------------

FROM python:3.11-slim-bookworm AS agent-build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements/build.txt requirements/agent.txt requirements/
RUN python -m venv build && build/bin/pip install --quiet --require-hashes -r requirements/build.txt \
    && python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --quiet --require-hashes -r requirements/agent.txt
COPY LICENSE README.md pyproject.toml ./
COPY components components
COPY django_app django_app
COPY django_project django_project
RUN build/bin/python -m hatchling build -t wheel \
    && pip --python /opt/venv/bin/python install --quiet --no-index --no-deps dist/*.whl

FROM python:3.11-slim-bookworm AS agent
COPY --from=agent-build /opt/venv /opt/venv
RUN install -d -o 10001 -g 10001 -m 0700 /data
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 HOME=/tmp VEDETTE_AGENT_DATA=/data
USER 10001:10001
VOLUME /data
ENTRYPOINT ["vedette-agent"]

# --- the hub ------------------------------------------------------------------------------------------------------------------------

FROM python:3.11-slim-bookworm AS hub-build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /build
COPY requirements/bootstrap.txt requirements/node.txt requirements/hub.txt requirements/install.sh requirements/
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --quiet --require-hashes -r requirements/bootstrap.txt \
    && requirements/install.sh /opt/venv requirements/hub.txt \
    && /opt/venv/bin/uv pip uninstall --quiet --python /opt/venv/bin/python pip uv
COPY package.json package-lock.json ./
# the system's certificates, so that a proxy's own is known to Node.js too
RUN python -m venv node && node/bin/pip install --quiet --require-hashes -r requirements/node.txt \
    && PATH=/build/node/bin:$PATH NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
       npm ci --ignore-scripts --omit=dev --no-audit --no-fund --no-update-notifier
WORKDIR /app
COPY manage.py ./
COPY .crossbar .crossbar
COPY components components
COPY django_app django_app
COPY django_project django_project
COPY static static
# The configuration listens on loopback only. In a container that is nobody but the container itself, and who reaches it is decided by
# the port that is published, so the public port listens on every address here.
RUN python -c "import json, pathlib; path = pathlib.Path('.crossbar/config.json'); config = json.loads(path.read_text()); \
[public] = [web for worker in config['workers'] for web in worker.get('transports', ()) if web['id'] == 'public']; \
del public['endpoint']['interface']; path.write_text(json.dumps(config, indent=2))"
RUN mkdir node_modules && mv /build/node_modules/wampy /build/node_modules/uplot node_modules/ && python -m compileall -q components django_app django_project

FROM python:3.11-slim-bookworm AS hub
COPY --from=hub-build /opt/venv /opt/venv
COPY --from=hub-build /app /app
WORKDIR /app
# the node writes its key, its sockets and the collected static files beside its configuration
RUN install -d -o 10001 -g 10001 -m 0700 /data && chown 10001:10001 .crossbar
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 HOME=/tmp VEDETTE_DATA=/data
USER 10001:10001
VOLUME /data
EXPOSE 8080
# Crossbar.io calls SIGINT a clean end, exit code 0; SIGTERM is 1 to it.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["crossbar", "start"]
