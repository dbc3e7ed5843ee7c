import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { defined } from '../../engine/ports/index.ts';
import { count, inTurns } from '../rounds.ts';
import { temporaryFolder } from './openHost.ts';
import { startOrsay } from './orsayServer.ts';

/**
 * Requests of customers that only read, in the modes gateway and token, compared with mode open. Such a
 * request is short, so the ratio shows the guard at its most expensive.
 */

const CONNECTIONS = 32;
const SECONDS = 2;
const ISSUER = 'https://id.example';
const AUDIENCE = 'orsay';
/** Requests a second that no limit refuses. */
const UNLIMITED = { perSecond: 1_000_000, burst: 1_000_000 };

const keys = await generateKeyPair('RS256', { extractable: true });
const token = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'anna' })
  .setProtectedHeader({ alg: 'RS256' })
  .setExpirationTime('1h')
  .sign(keys.privateKey);
const publicKey = await exportSPKI(keys.publicKey);

const MODES = {
  open: { security: undefined, headers: {} },
  gateway: {
    security: { customers: { mode: 'gateway' }, gateways: ['loopback'] },
    headers: { gms_user: 'anna' },
  },
  token: {
    security: { customers: { mode: 'token', issuer: ISSUER, audience: AUDIENCE, keyFile: 'key.pem' } },
    headers: { authorization: `Bearer ${token}` },
  },
} as const;
type Mode = keyof typeof MODES;

async function open(mode: Mode) {
  const { security, headers } = MODES[mode];
  const folder = temporaryFolder();
  writeFileSync(join(folder.path, 'key.pem'), publicKey);
  const server = await startOrsay(folder.path, 'none', {
    sections: {
      ...defined({ security }),
      limits: { requests: { ofAddress: UNLIMITED, ofUser: UNLIMITED } },
    },
  });
  const base = await server.ready;
  const body = new URLSearchParams({ colour: 'red' });
  const created = await fetch(`${base}/genesys/1/service/request-chat`, { method: 'POST', headers, body });
  const { _id: id } = (await created.json()) as { readonly _id: string };
  return { folder, server, headers, url: `${base}/genesys/1/service/${id}/storage` };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function rate({ url, headers }: Opened): Promise<number> {
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} answers were not 2xx.`);
  return result['2xx'] / result.duration;
}

const opened: Record<Mode, Opened> = {
  open: await open('open'),
  gateway: await open('gateway'),
  token: await open('token'),
};
console.log(`Requests of customers that read the data of their service, ${CONNECTIONS} connections`);
const rows = await inTurns(
  {
    open: () => rate(opened.open),
    gateway: () => rate(opened.gateway),
    token: () => rate(opened.token),
  },
  'open',
);
for (const mode of ['open', 'gateway', 'token'] as const) {
  const { value, ratio } = rows[mode];
  const beside = mode === 'open' ? '' : `   ${ratio.toFixed(2)} of mode open`;
  console.log(`  ${mode.padEnd(10)}${count(value)} requests/s${beside}`);
}
for (const { server, folder } of Object.values(opened)) {
  await server.kill();
  folder.remove();
}
