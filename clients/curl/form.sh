#!/usr/bin/env bash
# ECGridOS in form style by curl: parameters as a posted form, the result as one XML element.
# Secrets go to curl through a pipe, so that they never stand in the process list.
set -euo pipefail

call() { # OPERATION NAME VALUE [NAME VALUE]...
  local operation=$1
  shift
  while (($#)); do
    printf 'data-urlencode = "%s=%s"\n' "$1" "$(quoted "$2")"
    shift 2
  done | curl --silent --show-error --fail-with-body --config - "${PASSGATE_ECGRIDOS_WSDL%%\?*}/$operation"
}

quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# Good enough for the plain text of one element; a program would use an XML parser.
text() { sed -n 's:.*>\([^<]*\)</[a-z]*>.*:\1:p'; }

session=$(call Login UserName "$PASSGATE_ADMIN_LOGIN" Password "$PASSGATE_ADMIN_PASSWORD" \
  SenderSolution '' SenderVersion '' SenderCompanyName '' SenderContact '' SenderContactEmail '' | text)
[[ -n $session ]] || { echo "no session"; exit 1; }
trap 'call Logout SessionID "$session" >/dev/null' EXIT

result=$(call UserPassword SessionID "$session" UserID "$PASSGATE_TARGET_USER_ID" \
  NewPassword "${PASSGATE_NEW_PASSWORD:-NewPassw0rd!}" | text)
[[ $result == true ]] || { echo "unexpected result: $result"; exit 1; }
echo "user $PASSGATE_TARGET_USER_ID has a new password: $result"

# A password without a digit breaks the pattern. The error is plain text with HTTP 500, curl ends with 22.
status=0
answer=$(call UserPassword SessionID "$session" UserID "$PASSGATE_TARGET_USER_ID" NewPassword 'Onlyletters!' 2>/dev/null) || status=$?
[[ $status == 22 && $answer == DataError:* ]] || { echo "not refused as expected: $status $answer"; exit 1; }
echo "refused, curl exit status $status: $answer"
