#!/usr/bin/env bash
# Runs the client samples against a running server.
#
#   clients/run.sh CREDENTIALS_FILE [NAME...]
#
# CREDENTIALS_FILE is what `passgate dev --credentials FILE` writes. Without names, every client runs.
# Prints `ok NAME` or `FAIL NAME` for each and the count at the end; what a client says goes to standard error.
# clients/install.sh installs what they need. Whatever is made here lives in PASSGATE_CLIENT_TOOLS.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${PASSGATE_CLIENT_TOOLS:-$here/../target/clients}
seconds=120

names=(
  curl-rest curl-ecgridos curl-form curl-omnitracs
  python-rest python-ecgridos python-omnitracs
  node-rest node-ecgridos node-omnitracs
  java-rest java-ecgridos java-omnitracs
  csharp-rest csharp-ecgridos csharp-ecgridos-webreference csharp-omnitracs-webreference
)

curl-rest() { "$here/curl/rest.sh"; }
curl-ecgridos() { "$here/curl/ecgridos.sh"; }
curl-form() { "$here/curl/form.sh"; }
curl-omnitracs() { "$here/curl/omnitracs.sh"; }

python-rest() { python rest.py; }
python-ecgridos() { python ecgridos.py; }
python-omnitracs() { python omnitracs.py; }

node-rest() { node "$here/node/rest.mjs"; }
node-ecgridos() { node_with_packages ecgridos.mjs; }
node-omnitracs() { node_with_packages omnitracs.mjs; }

java-rest() { java "$here/java/Rest.java"; }
java-ecgridos() { java_with_proxy EcgridOs "$PASSGATE_ECGRIDOS_WSDL"; }
java-omnitracs() { java_with_proxy Omnitracs "$PASSGATE_OMNITRACS_WSDL"; }

csharp-rest() {
  mcs -define:REST -out:Rest.exe -r:System.Net.Http,System.Web.Extensions "$here"/csharp/{Rest,MonoStandIns}.cs
  mono Rest.exe
}

csharp-ecgridos() {
  # No argument gives the constructor its address: dotnet-svcutil builds it in, here it stands in the .config beside the program.
  svcutil -out:Proxy.cs "$PASSGATE_ECGRIDOS_WSDL" >svcutil.log
  mcs -define:MONO,ECGRIDOS -out:EcgridOs.exe -r:System.ServiceModel,System.Runtime.Serialization \
    Proxy.cs "$here"/csharp/{EcgridOs,MonoStandIns}.cs
  cat >EcgridOs.exe.config <<END
<configuration><system.serviceModel><client>
  <endpoint address="${PASSGATE_ECGRIDOS_WSDL%%\?*}" binding="basicHttpBinding" contract="ECGridOSPortType" />
</client></system.serviceModel></configuration>
END
  mono EcgridOs.exe
}

csharp-ecgridos-webreference() { mono_with_web_reference EcgridOsWebReference "$PASSGATE_ECGRIDOS_WSDL"; }
csharp-omnitracs-webreference() { mono_with_web_reference OmnitracsWebReference "$PASSGATE_OMNITRACS_WSDL"; }

python() { PYTHONDONTWRITEBYTECODE=1 "$tools/python/bin/python" "$here/python/$1"; }

# Node looks for packages beside the program that imports them.
node_with_packages() {
  cp "$here/node/$1" .
  ln -s "$tools/node/node_modules" node_modules
  node "$1"
}

# The proxy is made anew each time, so that the WSDL of this server is what is tried.
java_with_proxy() { # CLASS WSDL
  local jaxws=/usr/share/java/jaxws-rt.jar
  mkdir proxy classes
  wsimport -quiet -Xnocompile -s proxy "$2"
  # Each file by name: javac finds classes by itself, but not the package-info that holds the namespace.
  find proxy -name '*.java' -exec javac -cp "$jaxws" -d classes "$here/java/$1.java" {} +
  # Naming the factory spares a warning that it was found the old way.
  java -cp "$jaxws:classes" -Djavax.xml.soap.SAAJMetaFactory=com.sun.xml.messaging.saaj.soap.SAAJMetaFactoryImpl "$1"
}

mono_with_web_reference() { # CLASS WSDL
  wsdl -out:Proxy.cs "$2" >wsdl.log
  mcs -out:"$1.exe" -r:System.Web.Services Proxy.cs "$here/csharp/$1.cs"
  mono "$1.exe"
}

if [[ ${1:-} == --one ]]; then # run by the loop below, in an empty folder and with the settings exported
  "$2"
  exit
fi

if (($# == 0)); then
  sed -n '2,/^set/{/^set/d; s/^# \{0,1\}//; p}' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
credentials=$1
shift
(($#)) || set -- "${names[@]}"

for name; do
  [[ " ${names[*]} " == *" $name "* ]] || { echo "no client is named $name; there are: ${names[*]}" >&2; exit 2; }
done

# {"api_key": "..."} becomes PASSGATE_API_KEY='...'.
settings=$(python3 - "$credentials" <<'END'
import json, shlex, sys
for name, value in json.load(open(sys.argv[1], encoding="utf-8")).items():
    if isinstance(value, (str, int)):
        print(f"export PASSGATE_{name.upper()}={shlex.quote(str(value))}")
END
)
eval "$settings"

# Java and Mono read the environment in the charset of the locale.
export LC_ALL=C.UTF-8

mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
export PASSGATE_CLIENT_TOOLS=$tools
work=$(mktemp -d "$tools/run.XXXXXX")
trap 'rm -rf "$work"' EXIT

passed=0
failed=0
for name; do
  mkdir "$work/$name"
  if (cd "$work/$name" && timeout "$seconds" "$here/run.sh" --one "$name") 2>&1 | sed 's/^/    /' >&2; then
    echo "ok $name"
    passed=$((passed + 1))
  else
    echo "FAIL $name"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
((failed == 0))
