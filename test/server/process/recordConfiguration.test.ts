import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { initialConfig } from '../../../server/process/config.ts';
import { recordConfiguration } from '../../../server/process/recordConfiguration.ts';
import { createTestServer } from '../../support/testServer.ts';

describe('The record of the configuration', () => {
  it('is made at a start that finds other sections than the last start, without their content', async () => {
    const store = new MemoryStore();
    const { orsay } = createTestServer({ store });
    const first = initialConfig();
    const changed = {
      ...first,
      administrator: { user: 'anna', passwordHash: 'scrypt$of-a-secret' },
      http: { ...first.http, timeout: 31 },
    };
    for (const config of [first, first, changed, changed]) await recordConfiguration(config, orsay);
    expect(orsay.audit.list().entries.map(({ id: _, at: __, ...entry }) => entry)).to.deep.equal([
      {
        who: 'server',
        action: 'configuration.changed',
        details: { sections: ['administrator', 'http'] },
      },
    ]);
    for (const table of ['audit', 'configuration']) {
      for (const { text } of store.scan(table, {})) expect(text).not.to.contain('secret');
    }
    await orsay.close();
  });
});
