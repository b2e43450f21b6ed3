#!/usr/bin/env bash
# ECGrid REST by curl: sets a user's password, then shows how curl meets a refusal.
# Secrets go to curl through files and pipes, so that they never stand in the process list.
set -euo pipefail

set_password() { # NEW_PASSWORD
  printf '{"userId": %s, "newPassword": "%s"}' "$PASSGATE_TARGET_USER_ID" "$(json_text "$1")" |
    curl --silent --show-error --fail-with-body -X POST "$PASSGATE_BASE_URL/v2/users/password" \
      -H @<(printf 'X-API-Key: %s' "$PASSGATE_API_KEY") \
      -H 'Content-Type: application/json' \
      --data-binary @-
}

json_text() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

answer=$(set_password "${PASSGATE_NEW_PASSWORD:-NewPassw0rd!}")
[[ ${answer//[[:space:]]/} == '{"success":true,"data":true}' ]] || { echo "unexpected answer: $answer"; exit 1; }
echo "user $PASSGATE_TARGET_USER_ID has a new password: $answer"

# A password without a digit breaks the pattern. --fail-with-body makes curl end with 22.
status=0
answer=$(set_password 'Onlyletters!' 2>&1) || status=$?
[[ $status == 22 && ${answer//[[:space:]]/} == *'"errorCode":"InvalidParameter"'* ]] || { echo "not refused as expected: $status $answer"; exit 1; }
echo "refused, curl exit status $status: ${answer//$'\n'/ }"
