# syntax=docker/dockerfile:1

FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# ONNX Runtime first: it changes less often than our own source.
COPY scripts/setup.py scripts/
COPY models models
RUN python3 scripts/setup.py
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked && install -D target/dist/caunoi /out/caunoi
RUN cp .cache/runtime/libonnxruntime.so /out/ && mkdir -p /out/models && cp -r models/vi-en /out/models/

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin caunoi \
    && install -d -o caunoi -g caunoi -m 0700 /data
COPY --from=build /out /opt/caunoi
COPY LICENSE /opt/caunoi/
USER 10001
WORKDIR /data
VOLUME /data
ENV CAUNOI_DATA=/data CAUNOI_BIND=0.0.0.0:8080 CAUNOI_LOG=json
EXPOSE 8080
# The program asks itself; the image needs no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/opt/caunoi/caunoi", "doctor", "--health"]
ENTRYPOINT ["/opt/caunoi/caunoi"]
CMD ["serve"]
