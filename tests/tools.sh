#!/bin/sh
# Sees to the programs that only the tests need: Chromium for the review application, a JDK (17 or later) and Maven
# for a real Kafka broker. Root gets them by apt; anybody else gets one line that names what to install.
set -eu

missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$missing chromium"
java_major() { java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p'; }
{ command -v java >/dev/null && [ "$(java_major)" -ge 17 ]; } || missing="$missing default-jre-headless"
command -v mvn >/dev/null || missing="$missing maven"

[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "make test needs:$missing. Install with: sudo apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
