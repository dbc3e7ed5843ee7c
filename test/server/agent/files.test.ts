import { expect } from 'chai';
import type { InteractionId } from '../../../strategies/ids/index.ts';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

describe("the files of an agent's chat", () => {
  let server: AgentServer;
  let id: InteractionId;

  beforeEach(async () => {
    server = await openAgentServer();
    const { centre, chats } = server;
    await readyAgent(centre, 'kate', { nickname: 'Kate' });
    const chat = await chats.open({
      chatService: 'support',
      nickname: 'Bob',
      subject: '',
      userData: {},
      clientTimeoutMs: 0,
      queue: 'inbound',
    });
    id = chat.id;
    await centre.settle();
    await centre.sessions.perform('interaction.redirect', {
      sessionId: asId(centre.sessions.started.at(-1)!.id),
      attributes: { interactionid: id, to: { agent: 'kate' } },
    });
    await centre.settle();
  });
  afterEach(() => server.close());

  async function accept(): Promise<void> {
    expect((await server.call('POST', `/agent/1/interactions/${id}/accept`, {})).status).to.equal(200);
  }

  async function upload(name: string, content: string, fields: Readonly<Record<string, string>> = {}) {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', new Blob([content]), name);
    const reply = await fetch(`${server.url}/agent/1/interactions/${id}/files`, {
      method: 'POST',
      body: form,
    });
    await server.centre.settle();
    return { status: reply.status, body: (await reply.json()) as { readonly fileId: string } };
  }

  it('are uploaded, listed, downloaded and deleted by the agent who has it', async () => {
    await accept();
    const { status, body } = await upload('offer.docm', 'MZ', { description: 'our offer' });
    expect(status).to.equal(200);
    const { fileId } = body;
    expect(fileId).to.match(/^[0-9A-F]{16}$/);
    const listed = await server.call('GET', `/agent/1/interactions/${id}/files`);
    expect(listed.body).to.deep.equal({
      files: [
        {
          fileId,
          name: 'offer.docm',
          size: 2,
          contentType: 'application/octet-stream',
          description: 'our offer',
          userData: {},
          by: { type: 'AGENT', nickname: 'Kate' },
          at: server.centre.clock.now(),
        },
      ],
    });
    const reply = await fetch(`${server.url}/agent/1/interactions/${id}/files/${fileId}`);
    expect(await reply.text()).to.equal('MZ');
    expect(reply.headers.get('content-disposition')).to.equal('attachment; filename="offer.docm"');
    expect(reply.headers.get('x-content-type-options')).to.equal('nosniff');
    const url = `/agent/1/interactions/${id}/files/${fileId}`;
    expect(await server.call('DELETE', url)).to.deep.equal({ status: 200, body: {} });
    expect((await server.call('DELETE', url)).status).to.equal(404);
    const seen = server.chats.transcript(id).entries.filter(({ type }) => type.startsWith('Notice.File'));
    const userData = {
      'file-description': 'our offer',
      'file-id': fileId,
      'file-name': 'offer.docm',
      'file-size': '2',
    };
    expect(seen.map(({ type, party, userData: data }) => [type, party.nickname, data])).to.deep.equal([
      ['Notice.FileUploaded', 'Kate', userData],
      ['Notice.FileDeleted', 'Kate', userData],
    ]);
  });

  it('that customers upload come as events, and only the customer deletes them', async () => {
    await accept();
    await upload('agent.txt', 'hello');
    const files = server.centre.toldEvents.filter(({ type }) => type === 'file');
    expect(files).to.deep.equal([
      {
        type: 'file',
        interactionId: id,
        party: { type: 'AGENT', nickname: 'Kate' },
        change: 'uploaded',
        fileId: files[0]?.fileId,
        name: 'agent.txt',
        size: 5,
      },
    ]);
    const draft = {
      size: 3,
      write: async () => {},
      finish: async () => 'a-blob',
      discard: async () => {},
    };
    const fileId = await server.chatFiles.upload(id, {
      by: { party: { type: 'CLIENT', nickname: 'Bob' } },
      draft,
      head: Buffer.from('abc'),
      filename: 'a.txt',
    });
    await server.centre.settle();
    expect(server.centre.toldEvents.at(-1)).to.include({ type: 'file', fileId, change: 'uploaded' });
    const refused = await server.call('DELETE', `/agent/1/interactions/${id}/files/${fileId}`);
    expect(refused).to.have.property('status', 403);
  });

  it('are refused before the agent has it, after its end, and beyond the limits', async () => {
    expect((await upload('a.txt', 'early')).body).to.include({ code: 'INTERACTION_STATE' });
    await accept();
    expect((await upload('a.png', 'not an image')).body).to.include({ code: 'BODY_TYPE_UNSUPPORTED' });
    expect((await upload('a.txt', 'x'.repeat(16 * 1024 ** 2 + 1))).status).to.equal(413);
    const none = await server.call('POST', `/agent/1/interactions/${id}/files`, {});
    expect(none.body).to.include({ code: 'PARAMETER_MISSING' });
    const { body } = await upload('a.txt', 'kept');
    await server.call('POST', `/agent/1/interactions/${id}/leave`, {});
    expect((await upload('b.txt', 'late')).body).to.include({ code: 'INTERACTION_STATE' });
    const reply = await fetch(`${server.url}/agent/1/interactions/${id}/files/${body.fileId}`);
    expect(await reply.text()).to.equal('kept');
  });
});
