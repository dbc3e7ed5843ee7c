import { expect } from 'chai';
import { HostError } from '../../../engine/host/hostError.ts';
import type { PublishedEvent, Sessions } from '../../../engine/host/sessions.ts';
import { MAX_RAW_CHARS, registerBasicHttpRoutes } from '../../../server/ors/basicHttp.ts';
import { NO_FILES, routesApp } from '../../support/routesApp.ts';

const BASIC_HTTP = 'http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor';
const PATH = '/scxml/session/S1/basichttp';

describe('the receiving side of basic HTTP (W3C SCXML C.2)', () => {
  let published: PublishedEvent[];

  const sessions = {
    async publish(sessionId: string, event: PublishedEvent) {
      if (sessionId !== 'S1') throw new HostError('SESSION_NOT_FOUND', sessionId);
      published.push(event);
    },
  } as unknown as Sessions;
  const app = routesApp((router) => registerBasicHttpRoutes(router, { sessions, files: NO_FILES }));

  beforeEach(() => {
    published = [];
  });

  it('names the event by _scxmleventname and passes the other fields as data (W3C 513, 518, 534, 567)', async () => {
    const reply = await app.form(PATH, { _scxmleventname: 'test', p: '1', q: 'a b' });
    expect(reply.status).to.equal(204);
    expect(published).to.deep.equal([
      {
        name: 'test',
        data: { p: '1', q: 'a b' },
        origintype: BASIC_HTTP,
        raw: `POST ${PATH}\n\n_scxmleventname=test&p=1&q=a+b`,
      },
    ]);
  });

  it('names the event by the method if the message has no name (W3C 532)', async () => {
    await app.request('POST', `${PATH}?p=1`);
    await app.request('PUT', PATH);
    expect(published).to.deep.equal([
      { name: 'HTTP.POST', data: { p: '1' }, origintype: BASIC_HTTP, raw: `POST ${PATH}?p=1` },
      { name: 'HTTP.PUT', origintype: BASIC_HTTP, raw: `PUT ${PATH}` },
    ]);
  });

  it('passes a body that is not a form as data: text, JSON, XML (W3C 520)', async () => {
    const send = (type: string, payload: string) =>
      app.request('POST', `${PATH}?_scxmleventname=e`, { headers: { 'content-type': type }, payload });
    await send('text/plain', 'some content');
    await send('application/json', '[{"a":1}]');
    await send('application/xml', '<a/>');
    expect(published.map(({ data, xml }) => ({ data, xml }))).to.deep.equal([
      { data: 'some content', xml: undefined },
      { data: [{ a: 1 }], xml: undefined },
      { data: '<a/>', xml: true },
    ]);
    expect(published[0]!.raw).to.equal(`POST ${PATH}?_scxmleventname=e\n\nsome%20content`);
  });

  it('processes a repetition with the same Idempotency-Key once', async () => {
    await app.form(PATH, { _scxmleventname: 'test' }, { 'idempotency-key': 'k1' });
    expect(published[0]!.id).to.equal('client:k1');
  });

  it('keeps no more of the message than MAX_RAW_CHARS', async () => {
    const payload = 'ä'.repeat(MAX_RAW_CHARS);
    await app.request('POST', PATH, { headers: { 'content-type': 'text/plain' }, payload });
    expect(published[0]!.raw).to.have.length(MAX_RAW_CHARS);
    expect(published[0]!.data).to.equal(payload);
  });

  it('answers 404 for a session that is not live, and 400 for two names', async () => {
    const unknown = await app.form('/scxml/session/S2/basichttp', { _scxmleventname: 'test' });
    expect(unknown.status).to.equal(404);
    const twice = await app.request('POST', `${PATH}?_scxmleventname=a&_scxmleventname=b`);
    expect([twice.status, (twice.json() as { code: string }).code]).to.deep.equal([400, 'PARAMETER_INVALID']);
    expect(published).to.deep.equal([]);
  });
});
