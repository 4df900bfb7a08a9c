FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/avmp
COPY . .
RUN make setup && useradd --system --create-home avmp && install -d -o avmp /archive /state /state/models
USER avmp
ENTRYPOINT ["/srv/avmp/.venv/bin/avmp"]
