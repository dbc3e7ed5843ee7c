import { expect, use } from 'chai';
import { openDocument, orsayChai } from '../../testing/index.ts';

use(orsayChai);

const SRC = new URL('../../scxml/hello/hello.scxml', import.meta.url);

describe('hello', () => {
  it('answers start and ends', async () => {
    const session = await openDocument(SRC);

    expect(session.request('start')).to.deep.equal({ positive: true, body: { msg: 'hello' } });
    expect(session).to.have.ended;
    expect(session.timers).to.deep.equal([]);
  });

  it('ends after its time to live without a start request', async () => {
    const session = await openDocument(SRC, { params: { _ttl: '60' } });

    expect(session.advance('59s')).not.to.have.ended;
    expect(session.advance('1s')).to.have.ended;
  });
});
