import { expect } from 'chai';
import { connectionsIn, enabledTypes } from '../../../server/process/config/push.ts';
import { ConfigError, initialConfig, parseConfig } from '../../../server/process/config.ts';
import { openPushServer } from '../../support/pushServer.ts';

function read(push: object) {
  return parseConfig({ ...initialConfig(), push }, 'of the test').push!;
}

function problems(push: object): readonly string[] {
  try {
    read(push);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const TOKEN = { 'apple.keyFile': 'k.p8', 'apple.keyId': 'K', 'apple.teamId': 'T', 'apple.topic': 'com.x' };

describe('the section push of the configuration', () => {
  it('has production and debug connections, of the section and of providers, to the real services', () => {
    const push = read({
      ...TOKEN,
      'debug.apple.certificateFile': 'c.p12',
      'debug.apple.topic': 'com.x',
      'fcm.title': 'Support',
      provider: { Sales: { 'fcm.serviceAccountFile': 'f.json' }, 'Sales.event.a': { 'apple.badge': 1 } },
    });
    expect(
      connectionsIn(push).map(({ service, provider, isDebug, url }) => [service, provider, isDebug, url]),
    ).to.deep.equal([
      ['apple', undefined, false, 'https://api.push.apple.com'],
      ['apple', undefined, true, 'https://api.sandbox.push.apple.com'],
      ['fcm', 'Sales', false, 'https://fcm.googleapis.com'],
    ]);
    expect(enabledTypes(push)).to.deep.equal(['comet', 'httpcb', 'orscb', 'ios', 'android', 'gcm', 'fcm']);
    expect(enabledTypes(read({ ...TOKEN, pushEnabled: 'comet, ios' }))).to.deep.equal(['comet', 'ios']);
    expect(enabledTypes(read({}))).to.deep.equal(['comet', 'httpcb', 'orscb']);
  });

  it('is refused with all its problems at once', () => {
    expect(
      problems({
        pushEnabled: 'comet,iso,fcm',
        defaultSubscriptionExpiration: 20,
      }),
    ).to.deep.equal([
      "push.pushEnabled: expected comet, httpcb, orscb, ios, android, gcm, fcm, customhttp, got 'iso'.",
      'push.defaultSubscriptionExpiration: Too small: expected number to be >=30',
      "push.pushEnabled: expected a connection to fcm (fcm.*), because 'fcm' is enabled",
    ]);
    expect(
      problems({
        pushEnabled: 'comet,fcm',
        'apple.keyFile': 'k.p8',
        'apple.bagde': 1,
        'apple.badge': 'many',
        'fcm.apiKey': 'AIza',
        'debug.apple.keystore': 'old.jks',
        'debug.apple.topic': 'com.x',
        'debug.apple.certificateFile': 'c.p12',
        'debug.apple.url': 'http://127.0.0.1',
        provider: {
          'Sales.event.a': { 'fcm.serviceAccountFile': 'f.json' },
          'Sales.evnt': {},
          Other: { 'fcm.serviceAcountFile': 'f.json' },
        },
      }),
    ).to.deep.equal([
      "push.apple.bagde: Expected an option of notifications, got 'apple.bagde'. Did you mean 'apple.badge'?",
      `push.apple.badge: Expected 'apple.badge' to be a whole number of 0 or more, got "many".`,
      'push.fcm.apiKey: Google switched its keys off in 2024: expected fcm.serviceAccountFile',
      'push.debug.apple.keystore: expected apple.certificateFile (.p12 or .pem) or apple.keyFile (.p8)',
      'push.apple.keyId: expected with the others',
      'push.apple.teamId: expected with the others',
      'push.apple.topic: expected with the others',
      "push.debug.apple.url: expected an https URL, got 'http://127.0.0.1'",
      'push.provider.Sales.event.a.fcm.serviceAccountFile: expected in the section push, or in that of a provider',
      'push.provider.Sales.evnt: expected <provider>, <provider>.event, <provider>.event.<tag>, event or event.<tag>',
      "push.provider.Other.fcm.serviceAcountFile: expected an option of connections, got 'fcm.serviceAcountFile'. Did you mean 'fcm.serviceAccountFile'?",
      "push.pushEnabled: expected a connection to fcm (fcm.*), because 'fcm' is enabled",
    ]);
  });

  for (const [setting, push, reason] of [
    ['push.fcm.serviceAccountFile', { 'fcm.serviceAccountFile': 'none.json' }, 'ENOENT'],
    ['push.fcm.serviceAccountFile', { 'fcm.serviceAccountFile': 'AuthKey.p8' }, 'expected the JSON key file'],
    ['push.apple.keyFile', { 'apple.keyFile': 'fcm.json' }, ''],
    [
      'push.provider.Sales.debug.fcm.serviceAccountFile',
      { provider: { Sales: { 'debug.fcm.serviceAccountFile': 'none.json' } } },
      'ENOENT',
    ],
    ['push.localizationFileLocation', { localizationFileLocation: 'fcm.json' }, 'line 1'],
    ['push.trustedCertificatesFile', { trustedCertificatesFile: 'fcm.json' }, 'expected certificates'],
  ] as const) {
    it(`names ${setting} and the reason when the server cannot read its file (${reason})`, async () => {
      let message = '';
      try {
        await openPushServer({ push });
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message)
        .to.match(new RegExp(`^  ${setting.replaceAll('.', '\\.')} '/`, 'm'))
        .and.to.include(reason);
    });
  }
});
