import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checklist } from '../../server/process/checklist.ts';
import { initialConfig, parseConfig } from '../../server/process/config.ts';
import { readEnvironment } from '../../server/process/environment.ts';
import { readSettings, settingsOf } from '../../server/process/settings.ts';
import { runOrsay } from '../support/runOrsay.ts';

/** The states of the points for a configuration that differs from that of a new installation. */
function statesOf(
  change: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const config = parseConfig({ ...initialConfig(), ...change }, 'of the test');
  const points = checklist(settingsOf(config, readEnvironment(env)));
  return Object.fromEntries(points.map(({ name, state }) => [name, state]));
}

const OK = {
  users: 'ok',
  'security.customers': 'ok',
  'server.baseUrl': 'ok',
  'http.hosts': 'ok',
  'http.origins': 'ok',
  'documents.allow': 'ok',
  'http.allow': 'ok',
  'push.httpcb.allow': 'ok',
  'engine.sandbox': 'ok',
};

describe('the checklist before other machines reach the server', () => {
  it('has no open point for a new installation, which only its own machine reaches', () => {
    expect(statesOf()).to.deep.equal({ 'listener 127.0.0.1:8080': 'ok', ...OK });
  });

  it('has an open point for everything that is not decided for other machines', () => {
    expect(statesOf({}, { HOST: '0.0.0.0' })).to.deep.equal({
      ...OK,
      'listener 0.0.0.0:8080': 'open',
      users: 'refused',
      'security.customers': 'refused',
      'server.baseUrl': 'open',
      'http.allow': 'open',
      'push.httpcb.allow': 'open',
    });
  });

  it('says only where nothing else is allowed', () => {
    const { http } = initialConfig();
    const config = parseConfig(
      { ...initialConfig(), http: { ...http, allow: [] }, documents: { allow: [] } },
      'of the test',
    );
    const points = checklist(settingsOf(config, readEnvironment({})));
    const textOf = (wanted: string) => points.find(({ name }) => name === wanted)!.text;
    expect(textOf('http.allow')).to.equal('documents reach public addresses only');
    expect(textOf('documents.allow')).to.equal('documents are read from templates only');
  });

  it('has no open point when everything is decided', () => {
    const { server, http } = initialConfig();
    const tls = { certificate: 'a.crt', key: 'a.key' };
    const states = statesOf({
      server: {
        ...server,
        baseUrl: 'https://orsay.example.com',
        listeners: [
          { address: '0.0.0.0', port: 8443, audiences: ['customer'], tls },
          { address: '::', port: 8444, audiences: ['agent', 'platform', 'administrator'], tls },
        ],
      },
      http: { ...http, allow: [], origins: ['https://www.example.com'] },
      administrator: { user: 'admin', passwordHash: `scrypt$${'0'.repeat(32)}$${'0'.repeat(64)}` },
      security: { customers: { mode: 'gateway' }, gateways: ['10.0.0.5'] },
      push: { httpcb: { allow: ['https://hooks.example.com/'] } },
    });
    expect(states).to.deep.equal({ 'listener 0.0.0.0:8443': 'ok', 'listener [::]:8444': 'ok', ...OK });
  });

  it('is printed by orsay check-config, which changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-check-'));
    const { code, stdout } = await runOrsay(['check-config'], {
      env: { ORSAY_DATA_DIR: folder, HOST: '0.0.0.0' },
    });
    expect(code).to.equal(1);
    expect(stdout).to.match(/^refused {2}users +none: everybody who reaches the server/m);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is not there for a configuration with problems', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-check-'));
    writeFileSync(join(folder, 'config.json'), '{"server": 7}');
    const error = await readSettings({ ORSAY_DATA_DIR: folder }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).to.contain('config.json has');
  });
});
