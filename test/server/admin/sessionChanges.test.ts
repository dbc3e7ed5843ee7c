import { expect } from 'chai';
import { SessionChanges } from '../../../server/admin/sessionChanges.ts';
import { EventReader } from '../../support/eventReader.ts';
import { startOrsay } from '../../support/orsay.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const HELLO = 'http://orsay.test/genesys/1/document/service_template/hello/hello.scxml';

describe('the changes of sessions', () => {
  it('are told once a second, however many they are, and only to readers', async () => {
    const clock = createSimulatedClock();
    const advance = (ms: number) => clock.advance(ms, async () => {});
    let change: () => void = () => {};
    const tables: string[] = [];
    const durable = {
      onChange(names: readonly string[], listener: (change: never) => void) {
        tables.push(...names);
        change = () => listener(undefined as never);
      },
    };
    const changes = new SessionChanges({ durable, clock });
    expect(tables).to.deep.equal(['session', 'service.instance']);
    change();
    let told = 0;
    const forget = changes.onChange(() => {
      told += 1;
    });
    await advance(5_000);
    expect([changes.readers, told]).to.deep.equal([1, 0]);
    for (let at = 0; at < 100; at += 1) change();
    await advance(999);
    expect(told).to.equal(0);
    change();
    await advance(1);
    expect(told).to.equal(1);
    await advance(5_000);
    expect(told).to.equal(1);
    change();
    forget();
    await advance(1_000);
    expect([changes.readers, told]).to.deep.equal([0, 1]);
  });

  it('come as events to those who may search, at first and after a session has started', async () => {
    const orsay = await startOrsay();
    const reader = await EventReader.open(`${orsay.base}/genesys/1/admin/sessions/search/events`);
    expect((await reader.next(1)).map(({ event }) => event)).to.deep.equal(['changed']);
    const body = new URLSearchParams({ src: HELLO });
    expect((await fetch(`${orsay.base}/scxml/session/start`, { method: 'POST', body })).status).to.equal(200);
    await orsay.advance(1_000);
    expect((await reader.next(1)).map(({ event }) => event)).to.deep.equal(['changed']);
    await orsay.close();
  });
});
