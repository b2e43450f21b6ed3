#!/usr/bin/env bash
# Installs what the tests call besides the client samples, as root or by sudo: PostgreSQL's programs, without making or
# starting a cluster of the system's; openssl; kill and pgrep. Tried on Debian 12.
#
# Says nothing and changes nothing when all is there.
set -euo pipefail

has() { command -v "$1" >/dev/null; }

missing=()
has openssl || missing+=(openssl)
{ has kill && has pgrep && [[ -x $(type -P kill || true) ]]; } || missing+=(procps)
if [[ -z ${PASSGATE_POSTGRES_BIN:-} ]] && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  missing+=(postgresql)
fi
((${#missing[@]})) || exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
  has sudo || { echo "run this as root, or install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
{
  "${apt[@]}" update
  if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    # Before the server itself: its package makes a cluster unless this says no.
    "${apt[@]}" install --no-install-recommends postgresql-common
    "${as_root[@]}" sed -i '/^[# ]*create_main_cluster *=/d' /etc/postgresql-common/createcluster.conf
    echo 'create_main_cluster = false' | "${as_root[@]}" tee -a /etc/postgresql-common/createcluster.conf
  fi
  "${apt[@]}" install --no-install-recommends "${missing[@]}"
} >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
