import { expect } from 'chai';
import { BAYEUX_DEFAULTS } from '../../../server/bayeux/options.ts';
import { SessionRegistry } from '../../../server/bayeux/sessionRegistry.ts';
import { runsOf } from '../../support/runLength.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const CLIENTS = runsOf({ sample: 500, all: 10_000 });

describe(`${CLIENTS} Bayeux clients that vanish while their connects are held`, () => {
  it('leave nothing behind after maxInterval, and another client stays', async () => {
    const clock = createSimulatedClock();
    const options = { ...BAYEUX_DEFAULTS, maxUnconnected: CLIENTS };
    const registry = new SessionRegistry({ clock, ids: createTestIds(), log: silentLog, options });
    const join = (number: number) => {
      const session = registry.open({
        address: '192.0.2.1',
        browser: `browser${number}`,
        gmsUser: `user${number}`,
        isNamedInExt: false,
        acknowledges: true,
      })!;
      registry.subscribe(session, '/_genesys');
      registry.connecting(session);
      session.hold(options.timeoutMs, () => {});
      return session;
    };
    const staying = join(0);
    const vanishing = Array.from({ length: CLIENTS }, (_, number) => join(number + 1));
    expect(registry.counts()).to.deep.equal({ clients: CLIENTS + 1, held: CLIENTS + 1 });
    for (const session of vanishing) {
      session.abandonHold();
      registry.expectConnect(session);
    }
    await clock.advance(options.maxIntervalMs, async () => {});
    expect(registry.counts()).to.deep.equal({ clients: 1, held: 1 });
    expect([...registry.subscribers(['/_genesys'])]).to.deep.equal([staying]);
    expect(registry.ofUser('user1')).to.deep.equal([]);
    expect(registry.reached('192.0.2.1')).to.equal(undefined);
  });
});
