#!/usr/bin/env bash
# Installs what the client samples need, as root or by sudo. Tried on Debian 12 and 13; Ubuntu 24.04 has the same packages.
#
#   clients/install.sh [curl|python|node|java|csharp]...
#
# Without names, everything. Says nothing and changes nothing when all is there. Programs come from the system's
# packages; Python and Node packages, pinned with their checksums, go to PASSGATE_CLIENT_TOOLS (default target/clients).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${PASSGATE_CLIENT_TOOLS:-$here/../target/clients}

(($#)) || set -- curl python node java csharp
for kind; do
  case $kind in
    curl | python | node | java | csharp) ;;
    *) sed -n '2,/^set/{/^set/d; s/^# \{0,1\}//; p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done

wants() { [[ " $kinds " == *" $1 "* ]]; }
kinds=$*

has() { command -v "$1" >/dev/null; }

mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
exec {lock}>"$tools/lock" # a second caller waits, then finds all done
flock "$lock"

missing=()
has curl || missing+=(curl ca-certificates)
# run.sh reads the settings by python3, whichever client it runs.
has python3 || missing+=(python3)
if wants python; then
  has python3 && python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
fi
if wants node; then
  has node || missing+=(nodejs)
  has npm || missing+=(npm)
fi
if wants java; then
  has javac || missing+=(default-jdk-headless)
  has wsimport || missing+=(jaxws)
fi
if wants csharp; then
  { has mcs && has mono && has wsdl && has svcutil; } || missing+=(mono-devel)
fi

if ((${#missing[@]})); then
  echo "installing ${missing[*]}"
  as_root=()
  if [[ $(id -u) != 0 ]]; then
    has sudo || { echo "run this as root, or install: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 ||
    { cat "$log" >&2; exit 1; }
fi

# changed FOLDER FILE...: whether FOLDER was made of other files than these, or never finished.
changed() { [[ "$(cat "$1/made-of" 2>/dev/null)" != "$(cat "${@:2}" | sha256sum)" ]]; }
made() { cat "${@:2}" | sha256sum >"$1/made-of"; }

if wants python && changed "$tools/python" "$here/python/requirements.txt"; then
  echo "installing Python packages"
  python3 -m venv --clear "$tools/python"
  "$tools/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/python/requirements.txt"
  made "$tools/python" "$here/python/requirements.txt"
fi

if wants node && changed "$tools/node" "$here"/node/package{,-lock}.json; then
  node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' ||
    { echo "the Node samples need Node 18 or later, this is $(node --version)" >&2; exit 1; }
  echo "installing Node packages"
  mkdir -p "$tools/node"
  cp "$here"/node/{package.json,package-lock.json,.npmrc} "$tools/node"
  npm ci --prefix "$tools/node" --ignore-scripts --no-audit --no-fund --loglevel=error >"$tools/node/npm.log"
  made "$tools/node" "$here"/node/package{,-lock}.json
fi
