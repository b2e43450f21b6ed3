// ECGrid REST by fetch: sets a user's password, then shows a refusal, which fetch tells by response.ok alone.
const url = `${process.env.PASSGATE_BASE_URL}/v2/users/password`;
const userId = Number(process.env.PASSGATE_TARGET_USER_ID);

async function setPassword(newPassword) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'X-API-Key': process.env.PASSGATE_API_KEY,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ userId, newPassword }),
  });
  return { ok: response.ok, status: response.status, body: await response.json() };
}

const set = await setPassword(process.env.PASSGATE_NEW_PASSWORD ?? 'NewPassw0rd!');
if (!set.ok || set.body.success !== true || set.body.data !== true) {
  throw new Error(`unexpected answer: ${set.status} ${JSON.stringify(set.body)}`);
}
console.log(`user ${userId} has a new password: ${JSON.stringify(set.body)}`);

const refused = await setPassword('Onlyletters!'); // no digit
if (refused.ok || refused.status !== 400 || refused.body.errorCode !== 'InvalidParameter') {
  throw new Error(`not refused as expected: ${refused.status} ${JSON.stringify(refused.body)}`);
}
console.log(`refused, response.ok ${refused.ok}, status ${refused.status}: ${refused.body.message}`);
