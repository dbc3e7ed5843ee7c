import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfiguredServer, refusal } from '../../support/configuredServer.ts';

describe('the lists of the configuration', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  it('are changed one by one, each as a whole', async () => {
    const paused = { services: { 'chat-delay': 'true' } };
    expect((await opened.send('PUT', '/lists/paused', paused)).json).to.deep.equal(paused);
    expect((await opened.send('PUT', '/lists/other', { a: '1' })).status).to.equal(200);
    expect((await opened.send('GET', '/lists')).json).to.deep.equal({ paused, other: { a: '1' } });
    expect((await opened.send('GET', '/lists/paused')).json).to.deep.equal(paused);
    expect((await opened.send('DELETE', '/lists/other')).status).to.equal(200);
    expect(opened.file.lists).to.deep.equal({ paused });
    expect((await opened.send('GET', '/lists/none')).status).to.equal(404);
    expect((await opened.send('DELETE', '/lists/none')).status).to.equal(404);
    expect(opened.entries()[0]).to.deep.equal({
      who: 'administrator',
      address: '127.0.0.1',
      action: 'list.changed',
      object: 'list:paused',
      details: { created: true, changes: { services: { from: null, to: '{"chat-delay":"true"}' } } },
    });
  });

  it('are not changed in a file of their own', async () => {
    await opened.close();
    writeFileSync(join(opened.folder, 'lists.json'), JSON.stringify({ paused: { a: '1' } }));
    opened.edit((text) => text.replace('{', '{"lists": "lists.json",'));
    await opened.start();
    const before = opened.text;
    expect(refusal(await opened.send('PUT', '/lists/paused', { a: '2' }))).to.deep.include({
      status: 409,
      code: 'CONFLICT',
    });
    expect(opened.text).to.equal(before);
  });
});

describe('the desktops of the configuration', () => {
  it('are changed as a whole, and count at once', async () => {
    const opened = await ConfiguredServer.open();
    const cannedTexts = [{ id: 'hello', text: 'Good day', language: 'en' }];
    expect((await opened.send('PUT', '/desktop', { cannedTexts })).json).to.deep.equal({ cannedTexts });
    const settings = await opened.server.send('GET', '/agent/1/cannedTexts');
    expect((settings.json as { texts: unknown }).texts).to.deep.equal(cannedTexts);
    const twice = { cannedTexts: [...cannedTexts, ...cannedTexts] };
    expect(refusal(await opened.send('PUT', '/desktop', twice))).to.deep.include({ status: 400 });
    expect((await opened.send('DELETE', '/desktop')).status).to.equal(200);
    const entries = opened.entries() as { action: string; object: string }[];
    expect(entries.map(({ action, object }) => [action, object])).to.deep.equal([
      ['desktop.changed', 'desktop'],
      ['desktop.removed', 'desktop'],
    ]);
    await opened.close();
  });
});
