// Omnitracs portal by the soap package with WSSecurity: sets a user's password, then shows a rejected call with its WSException.
import soap from 'soap';

// An error of the soap package carries the whole request, passwords and all: print its message alone.
process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});

const { PASSGATE_OMNITRACS_WSDL: WSDL, PASSGATE_COMPANY_ID: companyId, PASSGATE_PORTAL_USER_ID: userId } = process.env;

const client = await soap.createClientAsync(WSDL);
client.setSecurity(
  new soap.WSSecurity(process.env.PASSGATE_WSSE_USERNAME, process.env.PASSGATE_WSSE_PASSWORD, {
    passwordType: 'PasswordText',
    mustUnderstand: true,
  }),
);

const password = process.env.PASSGATE_NEW_PORTAL_PASSWORD ?? 'NewPassword1';
const [result] = await client.setUserPasswordAsync({ companyId, userId, password, forcePwdReset: true });
console.log(`user ${userId} has a new password: setUserPassword returned ${JSON.stringify(result)}`);

const refusal = await client.setUserPasswordAsync({ companyId, userId, password: 'Onlyletters', forcePwdReset: true }).then(
  () => { throw new Error('a password without a digit was taken'); },
  (error) => error,
);
const exception = refusal.root?.Envelope?.Body?.Fault?.detail?.WSException?.message;
if (exception !== '007 Invalid password.') throw new Error(`refused otherwise than expected: ${refusal.message}`);
console.log(`refused, Error with root.Envelope.Body.Fault, WSException: ${exception}`);
