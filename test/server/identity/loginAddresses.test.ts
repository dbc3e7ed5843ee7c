import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { Identities } from '../../../server/identity/identities.ts';

describe('the address for which failed logins count', () => {
  it('is one for this machine and one for each gateway, so that a gateway cannot lock out the operator', async () => {
    const counted: string[] = [];
    const identities = new Identities({
      customers: { identify: async () => ({ rights: 'owner' }) },
      users: {
        isEmpty: false,
        login: async (_header, address) => {
          counted.push(address);
          return { identity: { user: 'anna', role: 'administrator' }, isRevoked: () => false };
        },
      },
      provider: undefined,
      logins: { find: () => undefined },
      records: { passed() {}, refused() {} },
      hasOwnCredentials: () => false,
      isPlatformOpen: () => false,
      addresses: { of: () => undefined },
    });
    for (const remoteAddress of ['127.0.0.1', '127.0.0.9', '::1', '10.0.0.5', '10.0.0.6', '']) {
      await identities.authenticate({
        audience: 'administrator',
        method: 'GET',
        path: '/',
        query: '',
        headers: { authorization: 'Basic YTpi' },
        remoteAddress,
        isSecure: false,
        isOwnPage: true,
        message: new IncomingMessage(new Socket()),
      });
    }
    expect(counted).to.deep.equal(['local', 'local', 'local', '10.0.0.5', '10.0.0.6', 'local']);
  });
});
