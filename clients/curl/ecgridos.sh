#!/usr/bin/env bash
# ECGridOS by curl: signs in, sets a user's password and shows a fault, with plain SOAP 1.1 envelopes.
# Secrets go to curl through pipes, so that they never stand in the process list.
set -euo pipefail

call() { # OPERATION NAME VALUE [NAME VALUE]...
  local operation=$1 parameters=
  shift
  while (($#)); do
    parameters+="<$1>$(xml_text "$2")</$1>"
    shift 2
  done
  printf '<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body><%s xmlns="http://www.ecgridos.net/">%s</%s></soap:Body>
</soap:Envelope>' "$operation" "$parameters" "$operation" |
    curl --silent --show-error --fail-with-body "${PASSGATE_ECGRIDOS_WSDL%%\?*}" \
      -H 'Content-Type: text/xml; charset=utf-8' \
      -H "SOAPAction: \"http://www.ecgridos.net/$operation\"" \
      --data-binary @-
}

xml_text() { printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }

# Good enough for the plain text of one element; a program would use an XML parser.
element() { sed -n "s:.*<$1>\([^<]*\)</$1>.*:\1:p"; }

session=$(call Login UserName "$PASSGATE_ADMIN_LOGIN" Password "$PASSGATE_ADMIN_PASSWORD" | element LoginResult)
[[ -n $session ]] || { echo "no session"; exit 1; }
trap 'call Logout SessionID "$session" >/dev/null' EXIT

result=$(call UserPassword SessionID "$session" UserID "$PASSGATE_TARGET_USER_ID" \
  NewPassword "${PASSGATE_NEW_PASSWORD:-NewPassw0rd!}" | element UserPasswordResult)
[[ $result == true ]] || { echo "unexpected result: $result"; exit 1; }
echo "user $PASSGATE_TARGET_USER_ID has a new password: UserPasswordResult $result"

# A password without a digit breaks the pattern. A fault comes with HTTP 500, curl ends with 22.
status=0
answer=$(call UserPassword SessionID "$session" UserID "$PASSGATE_TARGET_USER_ID" NewPassword 'Onlyletters!' 2>&1) || status=$?
fault=$(element faultstring <<<"$answer")
[[ $status == 22 && $fault == DataError:* ]] || { echo "not refused as expected: $status $answer"; exit 1; }
echo "refused, curl exit status $status, fault: $fault"
