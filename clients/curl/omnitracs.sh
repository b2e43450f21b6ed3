#!/usr/bin/env bash
# Omnitracs portal by curl: one envelope with a WS-Security UsernameToken sets a user's password; then a WSException.
# Secrets go to curl through a pipe, so that they never stand in the process list.
set -euo pipefail

set_user_password() { # PASSWORD
  printf '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>
    <wsse:Security soap:mustUnderstand="1" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
      <wsse:UsernameToken>
        <wsse:Username>%s</wsse:Username>
        <wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">%s</wsse:Password>
      </wsse:UsernameToken>
    </wsse:Security>
  </soap:Header>
  <soap:Body>
    <setUserPassword>
      <companyId>%s</companyId>
      <userId>%s</userId>
      <password>%s</password>
      <forcePwdReset>1</forcePwdReset>
    </setUserPassword>
  </soap:Body>
</soap:Envelope>' "$(xml_text "$PASSGATE_WSSE_USERNAME")" "$(xml_text "$PASSGATE_WSSE_PASSWORD")" \
    "$PASSGATE_COMPANY_ID" "$PASSGATE_PORTAL_USER_ID" "$(xml_text "$1")" |
    curl --silent --show-error --fail-with-body "${PASSGATE_OMNITRACS_WSDL%%\?*}" \
      -H 'Content-Type: text/xml; charset=utf-8' \
      -H 'SOAPAction: ""' \
      --data-binary @-
}

xml_text() { printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }

# Good enough for the plain text of one element; a program would use an XML parser.
element() { sed -n "s:.*<$1>\([^<]*\)</$1>.*:\1:p"; }

answer=$(set_user_password "${PASSGATE_NEW_PORTAL_PASSWORD:-NewPassword1}")
[[ $answer == *'<p431:setUserPasswordResponse '* ]] || { echo "unexpected answer: $answer"; exit 1; }
echo "user $PASSGATE_PORTAL_USER_ID has a new password: setUserPasswordResponse"

# A password without a digit is not allowed. A fault comes with HTTP 500, curl ends with 22.
status=0
answer=$(set_user_password 'Onlyletters' 2>&1) || status=$?
message=$(element message <<<"$answer")
[[ $status == 22 && $message == '007 Invalid password.' ]] || { echo "not refused as expected: $status $answer"; exit 1; }
echo "refused, curl exit status $status, WSException: $message"
