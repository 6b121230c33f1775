#!/usr/bin/env bash
# Installs, where missing, what Debian 12 packages: libzstd and libsqlite3 with headers, and the tools the demo and the tests call.
set -euo pipefail

packages=(libzstd-dev libsqlite3-dev zlib1g-dev zstd sqlite3 python3 python3-venv python3-pip valgrind git strace fiu-utils)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
  sudo=""
  if [[ $(id -u) != 0 ]]; then sudo=sudo; fi
  echo "installing: ${missing[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if ! command -v swift >/dev/null; then
  echo "error: no swift on PATH; install Swift 6.3 or newer from https://swift.org/install/linux and run this again" >&2
  exit 2
fi
