// ECGridOS by the soap package, which reads the WSDL: signs in, sets a user's password, then shows a rejected call.
import soap from 'soap';

// An error of the soap package carries the whole request, passwords and all: print its message alone.
process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});

const { PASSGATE_ECGRIDOS_WSDL: WSDL, PASSGATE_ADMIN_LOGIN: UserName, PASSGATE_ADMIN_PASSWORD: Password } = process.env;
const UserID = Number(process.env.PASSGATE_TARGET_USER_ID);

const client = await soap.createClientAsync(WSDL);
const [{ LoginResult: SessionID }] = await client.LoginAsync({ UserName, Password });

try {
  const [result] = await client.UserPasswordAsync({
    SessionID,
    UserID,
    NewPassword: process.env.PASSGATE_NEW_PASSWORD ?? 'NewPassw0rd!',
  });
  if (result?.UserPasswordResult !== true) throw new Error(`unexpected result: ${JSON.stringify(result)}`);
  console.log(`user ${UserID} has a new password: ${JSON.stringify(result)}`);

  const refusal = await client.UserPasswordAsync({ SessionID, UserID, NewPassword: 'Onlyletters!' }).then(
    () => { throw new Error('a password without a digit was taken'); },
    (error) => error,
  );
  const fault = refusal.root?.Envelope?.Body?.Fault;
  const code = fault?.detail?.ErrorInfo?.ErrorCode;
  if (String(code) !== '9' || !fault.faultstring.startsWith('DataError: ')) {
    throw new Error(`refused otherwise than expected: ${refusal.message}`);
  }
  console.log(`refused, Error with root.Envelope.Body.Fault, ErrorCode ${code}: ${fault.faultstring}`);
} finally {
  await client.LogoutAsync({ SessionID });
}
