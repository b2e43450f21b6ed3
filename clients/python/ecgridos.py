"""ECGridOS by zeep, which reads the WSDL: signs in, sets a user's password, then shows a zeep Fault."""

import os
import sys

from zeep import Client
from zeep.exceptions import Fault

USER_ID = int(os.environ["PASSGATE_TARGET_USER_ID"])

client = Client(os.environ["PASSGATE_ECGRIDOS_WSDL"])
session_id = client.service.Login(
    UserName=os.environ["PASSGATE_ADMIN_LOGIN"], Password=os.environ["PASSGATE_ADMIN_PASSWORD"]
)


def user_password(new_password):
    return client.service.UserPassword(SessionID=session_id, UserID=USER_ID, NewPassword=new_password)


try:
    result = user_password(os.environ.get("PASSGATE_NEW_PASSWORD", "NewPassw0rd!"))
    if result is not True:
        sys.exit(f"unexpected result: {result}")
    print(f"user {USER_ID} has a new password: UserPassword returned {result}")

    try:
        user_password("Onlyletters!")  # no digit
    except Fault as fault:
        code = fault.detail.findtext("ErrorInfo/ErrorCode")
        if code != "9" or not fault.message.startswith("DataError: "):
            sys.exit(f"refused otherwise than expected: {fault.message} ({code})")
        print(f"refused, {type(fault).__name__} with ErrorCode {code}: {fault.message}")
    else:
        sys.exit("a password without a digit was taken")
finally:
    client.service.Logout(SessionID=session_id)
