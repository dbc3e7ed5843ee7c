import { expect } from 'chai';
import { DocumentDriver } from '../support/documentDriver.ts';

const SRC = new URL('../../scxml/hello/hello.scxml', import.meta.url);

describe('hello', () => {
  it('answers start and ends', async () => {
    const driver = await DocumentDriver.open({ src: SRC });

    expect(driver.request('start')).to.deep.equal({ positive: true, body: { msg: 'hello' } });
    expect(driver.status).to.equal('completed');
    expect(driver.pendingTimers).to.equal(0);
  });

  it('ends after its time to live without a start request', async () => {
    const driver = await DocumentDriver.open({ src: SRC, params: { _ttl: '60' } });
    driver.advance(60);

    expect(driver.status).to.equal('completed');
  });
});
