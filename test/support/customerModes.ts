import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { Config } from '../../server/process/config.ts';
import { type Front, openGateway, openTunnel } from './tlsFront.ts';

export type Headers = Record<string, string>;

/** How the customers of a mode prove their name. */
export interface CustomerMode {
  readonly security: NonNullable<Config['security']>;
  /** Opens the way of customers to their listener. */
  openFront(target: string): Promise<Front>;
  headersOf(gmsUser: string): Headers;
}

/** The gateway knows its customers by tokens of its own. The gms_user that a client sends has no effect. */
export const GATEWAY_MODE: CustomerMode = {
  security: {
    gateways: ['loopback'],
    customers: { mode: 'gateway', anonymous: false, signatureMaxAge: 300 },
  },
  openFront: (target) =>
    openGateway(target, (headers) => /^app-login-of-(\w+)$/.exec(String(headers['x-app-login']))?.[1]),
  headersOf: (gmsUser) => ({ 'x-app-login': `app-login-of-${gmsUser}`, gms_user: 'jbond' }),
};

/** The public key is in a file of the folder. */
export async function createTokenMode(folder: string, now: number): Promise<CustomerMode> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, await exportSPKI(publicKey));
  const tokens = new Map<string, string>();
  for (const sub of ['jbond', 'drno']) {
    const token = new SignJWT({ iss: 'https://id.example', aud: 'orsay', sub, exp: now / 1000 + 3600 });
    tokens.set(sub, await token.setProtectedHeader({ alg: 'ES256' }).sign(privateKey));
  }
  return {
    security: {
      gateways: [],
      customers: {
        mode: 'token',
        issuer: 'https://id.example',
        audience: 'orsay',
        keyFile,
        algorithms: ['ES256'],
        anonymous: false,
        claim: 'sub',
      },
    },
    openFront: openTunnel,
    headersOf: (gmsUser) => ({ authorization: `Bearer ${tokens.get(gmsUser)}`, gms_user: 'jbond' }),
  };
}
