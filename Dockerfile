# The page and the API in one container, as a user without rights.
#   docker build -t chainrule . && docker run --rm --init -p 127.0.0.1:8000:8000 chainrule
# The sandbox makes its own walls (seccomp, Landlock, rlimits) and needs no capability or device. --init ends what the
# sandbox leaves behind when it is restarted. To serve others, use compose.yaml: it has programs run in a second
# container, without network.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /srv/chainrule

# torch first and alone: the layer that is large and seldom changes. TORCH_INDEX may name an index with CPU-only builds.
ARG TORCH_INDEX=""
COPY constraints.txt ./
RUN pip install -c constraints.txt ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch

COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY templates ./templates
COPY static ./static
COPY examples/gallery ./examples/gallery
RUN pip install -c constraints.txt . \
    && groupadd --system --gid 10001 chainrule \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin chainrule \
    && install --directory --owner=chainrule --group=chainrule --mode=0750 /run/chainrule

USER chainrule
EXPOSE 8000
ENV CHAINRULE_HOST=0.0.0.0 CHAINRULE_PORT=8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['CHAINRULE_PORT'] + '/healthz', timeout=4)"]

CMD ["chainrule", "serve"]
