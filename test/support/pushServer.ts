import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../server/process/config.ts';
import { ApnsServer } from '../simulators/apnsServer.ts';
import { FcmServer } from '../simulators/fcmServer.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';
import { TEST_TLS } from './tlsFront.ts';

/** A server with simulated push services. */
export interface PushServer extends TestServer {
  readonly fcm: FcmServer;
  readonly apns: ApnsServer;
  publish(event: object, headers?: Readonly<Record<string, string>>): Promise<TestReply>;
  subscribe(subscription: object, headers?: Readonly<Record<string, string>>): Promise<TestReply>;
  close(): Promise<void>;
}

const ROOT = '/genesys/1/notification';

/**
 * `push`: replaces or adds options of the section push. `services`: more services. `limits`: as in the
 * configuration.
 */
export async function openPushServer(
  more: {
    readonly push?: object;
    readonly services?: object;
    readonly limits?: object;
    readonly localization?: string;
    readonly chat?: object;
  } = {},
): Promise<PushServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'orsay-push-'));
  let server: TestServer | undefined;
  const fcm = new FcmServer();
  const apns = new ApnsServer({ now: () => server!.clock.now() });
  await Promise.all([fcm.listen(), apns.listen()]);
  const files = {
    'fcm.json': fcm.accountFile,
    'AuthKey.p8': apns.key,
    'trusted.pem': readFileSync(TEST_TLS.certificate),
    'messages.xml': more.localization ?? '<messages/>',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dataDir, name), content);
  const apple = {
    'apple.keyFile': 'AuthKey.p8',
    'apple.keyId': 'KEY1234567',
    'apple.teamId': 'TEAM123456',
    'apple.topic': 'com.example.support',
    'apple.url': apns.url,
  };
  const closeSimulators = async (): Promise<void> => {
    await Promise.all([fcm.close(), apns.close()]);
    rmSync(dataDir, { recursive: true });
  };
  try {
    server = createTestServer({
      dataDir,
      config: (initial) =>
        parseConfig(
          {
            ...initial,
            services: { ...initial.services, ...more.services },
            limits: { ...initial.limits, ...more.limits },
            chat: { ...initial.chat, ...more.chat },
            push: {
              trustedCertificatesFile: 'trusted.pem',
              'fcm.serviceAccountFile': 'fcm.json',
              'fcm.url': fcm.url,
              ...apple,
              ...(more.localization !== undefined && { localizationFileLocation: 'messages.xml' }),
              ...more.push,
            },
          },
          'of the test',
        ),
    });
  } catch (error) {
    await closeSimulators();
    throw error;
  }
  const { send, orsay } = server;
  return {
    ...server,
    fcm,
    apns,
    publish: (json, headers = {}) => send('POST', `${ROOT}/publish`, { json, headers }),
    subscribe: (json, headers = {}) => send('POST', `${ROOT}/subscription`, { json, headers }),
    close: async () => {
      await orsay.close();
      await closeSimulators();
    },
  };
}
