"""ECGrid REST by requests: sets a user's password, then shows the refusal that raise_for_status makes."""

import os
import sys

import requests

URL = os.environ["PASSGATE_BASE_URL"] + "/v2/users/password"
HEADERS = {"X-API-Key": os.environ["PASSGATE_API_KEY"]}
USER_ID = int(os.environ["PASSGATE_TARGET_USER_ID"])


def set_password(new_password):
    response = requests.post(URL, json={"userId": USER_ID, "newPassword": new_password}, headers=HEADERS, timeout=30)
    response.raise_for_status()
    return response.json()


answer = set_password(os.environ.get("PASSGATE_NEW_PASSWORD", "NewPassw0rd!"))
if answer != {"success": True, "data": True}:
    sys.exit(f"unexpected answer: {answer}")
print(f"user {USER_ID} has a new password: {answer}")

try:
    set_password("Onlyletters!")  # no digit
except requests.HTTPError as error:
    refusal = error.response.json()
    if error.response.status_code != 400 or refusal["errorCode"] != "InvalidParameter":
        sys.exit(f"refused otherwise than expected: {error}, {refusal}")
    print(f"refused, {type(error).__name__} {error.response.status_code}: {refusal['message']}")
else:
    sys.exit("a password without a digit was taken")
