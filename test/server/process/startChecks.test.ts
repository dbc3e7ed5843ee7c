import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { validityProblem } from '../../../server/process/certificates.ts';
import { compose } from '../../../server/process/compose.ts';
import { initialConfig, parseConfig } from '../../../server/process/config.ts';
import { readEnvironment } from '../../../server/process/environment.ts';
import { type Settings, settingsOf } from '../../../server/process/settings.ts';
import { startChecks } from '../../../server/process/startChecks.ts';
import { runOrsay } from '../../support/runOrsay.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const FIXTURES = resolve(import.meta.dirname, '../../../fixtures/tls');
const NOW = Date.parse('2027-01-01T00:00:00Z');

const TOKEN = { mode: 'token', issuer: 'https://id.test', audience: 'orsay' };
const PROVIDER = { issuer: 'https://id.test', audience: 'orsay', roles: { admins: 'administrator' } };
const APPLE = { 'apple.keyId': 'K', 'apple.teamId': 'T', 'apple.topic': 'com.x' };

/** A folder with files that can be used, and files that cannot. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orsay-start-'));
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const pem = { type: 'spki', format: 'pem' } as const;
  const strong = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const secret = { kty: 'oct', k: 'c2VjcmV0' };
  put('secret', 'x'.repeat(32));
  put('short', 'x'.repeat(31));
  put('public.pem', String(strong.publicKey.export(pem)));
  put('private.pem', String(strong.privateKey.export({ type: 'pkcs8', format: 'pem' })));
  put('weak.pem', String(weak.publicKey.export(pem)));
  put('set.json', JSON.stringify({ keys: [strong.publicKey.export({ format: 'jwk' })] }));
  put('privateSet.json', JSON.stringify({ keys: [strong.privateKey.export({ format: 'jwk' })] }));
  put('secretSet.json', JSON.stringify({ keys: [secret] }));
  put('emptySet.json', JSON.stringify({ keys: [] }));
  put('brokenSet.json', JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB' }] }));
  put('bad.crt', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  for (const name of ['first.crt', 'first.key', 'second.key', 'app.p12']) {
    copyFileSync(join(FIXTURES, name), join(folder, name));
  }
  return folder;
}

describe('the checks of what the start would refuse', () => {
  const folder = openFolder();

  function settingsWith(change: Readonly<Record<string, unknown>>): Settings {
    const { listeners, ...sections } = change;
    const { server } = initialConfig();
    const config = parseConfig(
      { ...initialConfig(), ...sections, server: { ...server, ...(listeners ? { listeners } : {}) } },
      'of the test',
    );
    return settingsOf(config, readEnvironment({ ORSAY_DATA_DIR: folder, PORT: '0' }));
  }

  /** Undefined: it would start. */
  function refusalOfStart(settings: Settings): string | undefined {
    try {
      compose({
        ...settings,
        store: new MemoryStore(),
        clock: createSimulatedClock(NOW),
        ids: createTestIds(),
        log: silentLog,
      });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  const listeners = (certificate: string, key: string): Readonly<Record<string, unknown>> => ({
    listeners: [{ address: '127.0.0.1', port: 0, audiences: ['customer'], tls: { certificate, key } }],
  });
  const gateway = (secretFile: string) => ({ security: { customers: { mode: 'gateway', secretFile } } });
  const token = (keyFile: string) => ({ security: { customers: { ...TOKEN, keyFile } } });
  const provider = (keyFile: string) => ({ security: { identityProvider: { ...PROVIDER, keyFile } } });

  const refused: readonly (readonly [string, string, Readonly<Record<string, unknown>>, string])[] = [
    ['security.customers.secretFile', 'absent', gateway('absent'), 'ENOENT'],
    ['security.customers.secretFile', 'short', gateway('short'), 'at least 32 characters, got 31'],
    ['security.customers.keyFile', 'absent', token('absent'), 'ENOENT'],
    ['security.customers.keyFile', 'private.pem', token('private.pem'), 'it holds a private key'],
    ['security.customers.keyFile', 'privateSet.json', token('privateSet.json'), 'it holds a private key'],
    ['security.customers.keyFile', 'secretSet.json', token('secretSet.json'), 'a shared secret'],
    ['security.customers.keyFile', 'emptySet.json', token('emptySet.json'), 'it holds no key'],
    ['security.customers.keyFile', 'brokenSet.json', token('brokenSet.json'), 'expected a public key'],
    ['security.customers.keyFile', 'weak.pem', token('weak.pem'), 'RSA needs 2048'],
    ['security.identityProvider.keyFile', 'short', provider('short'), 'expected a public key'],
    ['server.listeners.0.tls.certificate', 'absent', listeners('absent', 'first.key'), 'ENOENT'],
    ['server.listeners.0.tls.certificate', 'first.key', listeners('first.key', 'first.key'), 'a certificate'],
    ['server.listeners.0.tls.key', 'first.crt', listeners('first.crt', 'first.crt'), 'a private key'],
    ['server.listeners.0.tls.key', 'second.key', listeners('first.crt', 'second.key'), 'got another key'],
    [
      'push.fcm.serviceAccountFile',
      'short',
      { push: { 'fcm.serviceAccountFile': 'short' } },
      'expected the JSON key file',
    ],
    ['push.apple.keyFile', 'weak.pem', { push: { ...APPLE, 'apple.keyFile': 'weak.pem' } }, ''],
    [
      'push.provider.Sales.debug.apple.certificateFile',
      'app.p12',
      {
        push: {
          provider: {
            Sales: {
              'debug.apple.certificateFile': 'app.p12',
              'debug.apple.passphraseFile': 'short',
              'debug.apple.topic': 'com.x',
            },
          },
        },
      },
      '',
    ],
    ['push.localizationFileLocation', 'short', { push: { localizationFileLocation: 'short' } }, 'line 1'],
    ['push.trustedCertificatesFile', 'short', { push: { trustedCertificatesFile: 'short' } }, 'in PEM form'],
    ['push.trustedCertificatesFile', 'bad.crt', { push: { trustedCertificatesFile: 'bad.crt' } }, ''],
  ];

  for (const [setting, file, change, reason] of refused) {
    it(`name ${setting} and the file ${file}, as the refused start does`, async () => {
      const settings = settingsWith(change);
      const points = (await startChecks(settings, NOW)).filter(({ state }) => state !== 'ok');
      expect(points.map(({ name, state }) => ({ name, state }))).to.deep.equal([
        { name: setting, state: 'refused' },
      ]);
      expect(points[0]!.text.startsWith(`${join(folder, file)}: `), points[0]!.text).to.equal(true);
      expect(points[0]!.text).to.contain(reason);
      expect(refusalOfStart(settings)).to.contain(`\n  ${setting} '${join(folder, file)}': `);
    });
  }

  it('list each file that can be used, and the server starts', async () => {
    const settings = settingsWith({
      ...gateway('secret'),
      ...listeners('first.crt', 'first.key'),
      push: { trustedCertificatesFile: 'first.crt' },
    });
    expect(await startChecks(settings, NOW)).to.deep.equal(
      [
        ['server.listeners.0.tls.certificate', 'first.crt'],
        ['server.listeners.0.tls.key', 'first.key'],
        ['security.customers.secretFile', 'secret'],
        ['push.trustedCertificatesFile', 'first.crt'],
      ].map(([name, file]) => ({ name, state: 'ok', text: join(folder, file!) })),
    );
    expect(refusalOfStart(settings)).to.equal(undefined);
    for (const file of ['public.pem', 'set.json']) {
      expect((await startChecks(settingsWith(token(file)), NOW)).map(({ state }) => state)).to.deep.equal([
        'ok',
      ]);
    }
  });

  it('have an open point for a certificate that clients refuse, or will soon', async () => {
    const states = async (now: string): Promise<readonly string[]> =>
      (await startChecks(settingsWith(listeners('first.crt', 'first.key')), Date.parse(now))).map(
        ({ state }) => state,
      );
    expect(await states('2126-11-06T00:00:00Z')).to.deep.equal(['ok', 'open']);
    expect(await states('2126-10-25T00:00:00Z')).to.deep.equal(['ok', 'open']);
    expect(await states('2126-10-20T00:00:00Z')).to.deep.equal(['ok', 'ok']);
    const validity = {
      validFrom: Date.parse('2027-01-01T00:00:00Z'),
      validTo: Date.parse('2028-01-01T00:00:00Z'),
    };
    expect(validityProblem(validity, Date.parse('2026-12-31T00:00:00Z'))).to.contain('valid from 2027-01-01');
    expect(validityProblem(validity, Date.parse('2028-01-02T00:00:00Z'))).to.contain('expired at 2028-01-01');
  });

  it('name an address that this machine does not have, and a folder that cannot be written', async () => {
    const settings = {
      ...settingsWith({}),
      listeners: [{ address: '192.0.2.1', port: 0, audiences: ['customer' as const] }],
      dataDir: join(folder, 'short', 'data'),
    };
    const points = await startChecks(settings, NOW);
    expect(points.map(({ name, state }) => `${state} ${name}`)).to.deep.equal([
      'refused listener 192.0.2.1:0',
      'refused ORSAY_DATA_DIR',
    ]);
  });

  it('are printed by orsay check-config after the checklist', async () => {
    const data = mkdtempSync(join(tmpdir(), 'orsay-check-'));
    const config = { ...initialConfig(), ...gateway(join(folder, 'short')) };
    writeFileSync(join(data, 'config.json'), JSON.stringify(config));
    const { code, stdout } = await runOrsay(['check-config'], {
      env: { ORSAY_DATA_DIR: data, PORT: '0' },
    });
    expect(code).to.equal(1);
    expect(stdout).to.match(/^refused {2}security\.customers\.secretFile +\/.+short: expected a secret/m);
  });
});
