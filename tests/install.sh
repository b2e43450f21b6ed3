#!/usr/bin/env bash
# Installs what the tests call besides the client samples, as root or by sudo: PostgreSQL's programs, without making or
# starting a cluster of the system's; openssl; kill and pgrep. For the tests of failover also Patroni, etcd and ip, none
# of them started, now or at boot; where they cannot be had, those tests say that they were left out. Tried on Debian 12.
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
wished=()
has patroni && has patronictl || wished+=(patroni)
has etcd || wished+=(etcd-server)
has ip || wished+=(iproute2)
((${#missing[@]} + ${#wished[@]})) || exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
  has sudo || { echo "run this as root, or install: ${missing[*]} ${wished[*]}" >&2; exit $((${#missing[@]} > 0)); }
  as_root=(sudo)
fi
echo "installing ${missing[*]} ${wished[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)

required() {
  "${apt[@]}" update
  if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    # Before the server itself: its package makes a cluster unless this says no.
    "${apt[@]}" install --no-install-recommends postgresql-common
    "${as_root[@]}" sed -i '/^[# ]*create_main_cluster *=/d' /etc/postgresql-common/createcluster.conf
    echo 'create_main_cluster = false' | "${as_root[@]}" tee -a /etc/postgresql-common/createcluster.conf
  fi
  "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# Packages of servers start them at once, unless this file of Debian's says no. One that is there already is kept.
policy=/usr/sbin/policy-rc.d
keep_quiet() {
  [[ ! -e $policy ]] || return 0
  trap '"${as_root[@]}" rm -f "$policy" || true; rm -f "$log"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" && "${as_root[@]}" chmod 755 "$policy"
}

wanted() {
  ((${#missing[@]})) || "${apt[@]}" update
  "${apt[@]}" install --no-install-recommends "${wished[@]}" || return
  # Nor at the next boot.
  for service in etcd patroni; do
    "${as_root[@]}" update-rc.d "$service" disable || true
  done
}

if ((${#missing[@]})); then
  required >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
if ((${#wished[@]})); then
  { keep_quiet && wanted; } >"$log" 2>&1 || echo "cannot be had, so the tests of failover are left out: ${wished[*]}" >&2
fi
