"""Omnitracs portal by zeep with a UsernameToken: sets a user's password, then shows a zeep Fault that holds a WSException."""

import os
import sys

from zeep import Client
from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken

USER_ID = os.environ["PASSGATE_PORTAL_USER_ID"]

client = Client(
    os.environ["PASSGATE_OMNITRACS_WSDL"],
    wsse=UsernameToken(os.environ["PASSGATE_WSSE_USERNAME"], os.environ["PASSGATE_WSSE_PASSWORD"]),
)


def set_user_password(password):
    return client.service.setUserPassword(
        companyId=os.environ["PASSGATE_COMPANY_ID"], userId=USER_ID, password=password, forcePwdReset=True
    )


result = set_user_password(os.environ.get("PASSGATE_NEW_PORTAL_PASSWORD", "NewPassword1"))
if result is not None:
    sys.exit(f"a void operation returned {result}")
print(f"user {USER_ID} has a new password: setUserPassword returned {result}")

try:
    set_user_password("Onlyletters")  # no digit
except Fault as fault:
    exception = fault.detail.findtext("{http://exception.sharedws}WSException/message")
    if exception != "007 Invalid password.":
        sys.exit(f"refused otherwise than expected: {fault.message} ({exception})")
    print(f"refused, {type(fault).__name__} with WSException: {exception}")
else:
    sys.exit("a password without a digit was taken")
