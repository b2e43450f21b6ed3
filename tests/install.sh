#!/usr/bin/env bash
# Installs what the tests of the store need, as root or by sudo: PostgreSQL's programs, without starting or making
# a cluster of the system's. Tried on Debian 12.
#
# Says nothing and changes nothing when all is there.
set -euo pipefail

compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && exit 0
[[ -n ${PASSGATE_POSTGRES_BIN:-} ]] && exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
  command -v sudo >/dev/null || { echo "run this as root, or install: postgresql" >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing postgresql"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
{
  "${apt[@]}" update
  # Before the server itself: its package makes a cluster unless this says no.
  "${apt[@]}" install --no-install-recommends postgresql-common
  "${as_root[@]}" sed -i '/^[# ]*create_main_cluster *=/d' /etc/postgresql-common/createcluster.conf
  echo 'create_main_cluster = false' | "${as_root[@]}" tee -a /etc/postgresql-common/createcluster.conf
  "${apt[@]}" install --no-install-recommends postgresql
} >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
