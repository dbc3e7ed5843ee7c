import { expect } from 'chai';
import { ConfiguredServer, refusal } from '../../support/configuredServer.ts';

describe('the patterns of the configuration', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  it('are changed as whole lists, which count at once', async () => {
    const match = async (): Promise<unknown> =>
      (await opened.server.send('POST', '/genesys/1/patterns', { form: { p: '0900123' } })).json;
    expect(await match()).to.deep.equal({});
    const list = { premium: '0900.*' };
    expect((await opened.send('PUT', '/patterns/list', list)).json).to.deep.equal(list);
    expect(await match()).to.deep.equal({ p: 'premium' });
    expect((await opened.send('PUT', '/patterns/groups/bad', { x: '1.*' })).status).to.equal(200);
    expect((await opened.send('GET', '/patterns')).json).to.deep.equal({
      list,
      groups: { bad: { x: '1.*' } },
    });
    expect((await opened.send('GET', '/patterns/groups/bad')).json).to.deep.equal({ x: '1.*' });
    expect((await opened.send('DELETE', '/patterns/list')).status).to.equal(200);
    expect(await match()).to.deep.equal({});
    expect((await opened.send('GET', '/patterns/groups/none')).status).to.equal(404);
    expect(opened.entries()).to.deep.include({
      who: 'administrator',
      address: '127.0.0.1',
      action: 'pattern.changed',
      object: 'pattern:list',
      details: { created: true, changes: { premium: { from: null, to: '0900.*' } } },
    });
  });

  it('are refused by name when they are no patterns', async () => {
    const reply = await opened.send('PUT', '/patterns/list', { good: 'a', wrong: '(' });
    expect(reply.status).to.equal(400);
    const { problems } = reply.json as { readonly problems: readonly { readonly field: string }[] };
    expect(problems.map(({ field }) => field)).to.deep.equal(['wrong']);
  });

  it('of a group stay while a service names the group', async () => {
    await opened.send('PUT', '/patterns/groups/bad', { x: '1.*' });
    const delay = { ...opened.file.services['chat-delay'], _exceptions: 'bad' };
    expect((await opened.send('PUT', '/services/chat-delay', delay)).status).to.equal(200);
    expect(refusal(await opened.send('DELETE', '/patterns/groups/bad'))).to.deep.include({
      status: 409,
      code: 'CONFLICT',
    });
  });
});
