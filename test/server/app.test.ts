import { expect } from 'chai';
import inject from 'light-my-request';
import { HostError } from '../../engine/host/hostError.ts';
import { DocumentError } from '../../engine/interpreter/document/errors.ts';
import type { Log } from '../../engine/ports/log.ts';
import { WIRE_ERRORS, WireError, type WireErrorCode } from '../../server/errors/wireErrors.ts';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { createAllRouters, createApp } from '../../server/process/app.ts';
import { createBodyBudget } from '../support/bodyBudget.ts';
import { loopbackBrowsers, openGuard } from '../support/openGuard.ts';
import { silentLog } from '../support/silentLog.ts';
import { createTestServer } from '../support/testServer.ts';

const NO_BAYEUX = { handler: async () => {}, upgrade: () => {} };

async function answerTo(thrown: unknown, log: Log = silentLog): Promise<{ status: number; body: unknown }> {
  const routers = createAllRouters({
    bodies: createBodyBudget(),
    durable: { whenDurable: async () => {} },
    bayeux: NO_BAYEUX,
    believed: () => undefined,
    guard: openGuard(),
    registerRoutes: ({ platform }) => {
      platform.get('/x', () => {
        throw thrown;
      });
    },
  });
  const reply = await inject(createApp({ log, browsers: loopbackBrowsers(), routers }).callback(), {
    method: 'GET',
    url: '/x',
  });
  return { status: reply.statusCode, body: reply.json() };
}

describe('the error boundary', () => {
  it('answers every code of the table in one shape', async () => {
    for (const [code, row] of Object.entries(WIRE_ERRORS)) {
      expect(await answerTo(new WireError(code as WireErrorCode)), code).to.deep.equal({
        status: row.status,
        body: { message: row.message, exception: row.exception, code },
      });
    }
  });

  it('shows the message of a host error', async () => {
    expect(await answerTo(new HostError('SESSION_NOT_FOUND', 'S1'))).to.deep.equal({
      status: 404,
      body: {
        message: "No session 'S1', or it has ended.",
        exception: 'orsay.SessionException',
        code: 'SESSION_NOT_FOUND',
      },
    });
  });

  it('shows all problems of a document', async () => {
    const problems = [1, 2].map((line) => ({
      code: 'TARGET_UNKNOWN',
      message: 'no such state',
      file: 'a.scxml',
      line,
      column: 3,
      severity: 'error' as const,
    }));
    expect(await answerTo(new DocumentError(problems))).to.deep.equal({
      status: 400,
      body: {
        message: 'a.scxml:1:3: TARGET_UNKNOWN: no such state\na.scxml:2:3: TARGET_UNKNOWN: no such state',
        exception: 'orsay.DocumentException',
        code: 'DOCUMENT_INVALID',
        problems,
      },
    });
  });

  it('hides other errors from the client, and logs them completely', async () => {
    const logged: unknown[] = [];
    const secret = new Error('password=1234');
    const reply = await answerTo(secret, { ...silentLog, error: (fields) => logged.push(fields.err) });
    expect(reply).to.deep.equal({
      status: 500,
      body: {
        message: 'The server failed to answer. Its log has the error.',
        exception: 'orsay.InternalException',
        code: 'INTERNAL',
      },
    });
    expect(logged).to.deep.equal([secret]);
  });
});

describe('the administrator', () => {
  it('is required for administration and agents, but not for node status or services', async () => {
    const server = createTestServer({
      config: (config) => ({
        ...config,
        administrator: { user: 'admin', passwordHash: hashPassword('pä:ss') },
      }),
    });
    const basic = (pair: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    });
    const status = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
      (await server.send('GET', url, { headers })).status;
    const asked = await server.send('GET', '/agent/1/agents');
    expect(asked.status).to.equal(401);
    expect(asked.headers['www-authenticate']).to.match(/^Basic realm=/);
    expect(asked.json).to.include({ code: 'UNAUTHORIZED' });
    expect(await status('/genesys/1/admin/templates')).to.equal(401);
    expect(await status('/agent/1/agents', basic('admin:wrong'))).to.equal(401);
    expect(await status('/agent/1/agents', basic('other:pä:ss'))).to.equal(401);
    expect(await status('/agent/1/agents', { authorization: 'Bearer x' })).to.equal(401);
    expect(await status('/agent/1/agents', basic('admin:pä:ss'))).to.equal(200);
    expect(await status('/genesys/1/admin/templates', basic('admin:pä:ss'))).to.equal(200);
    expect(await status('/agent/1/agents', basic('admin:wrong'))).to.equal(401);
    for (const url of [
      '/AGENT/1/agents',
      '/genesys/1/Admin/templates',
      '/%61gent/1/agents',
      '//agent/1/agents',
    ]) {
      expect(await status(url), url).to.be.oneOf([401, 404]);
    }
    expect(await status('/genesys/1/admin/node/status')).to.equal(200);
    expect((await server.send('POST', '/genesys/1/service/hello')).status).to.equal(200);
    await server.orsay.close();
  });
});

describe('an unknown URL', () => {
  it('is 404 in the error shape, and OPTIONS of a known URL lists its methods', async () => {
    const server = createTestServer();
    const reply = await server.send('GET', '/genesys/1/nothing');
    expect(reply.status).to.equal(404);
    expect(reply.json).to.deep.equal({
      message: "There is nothing at '/genesys/1/nothing'.",
      exception: 'orsay.NotFoundException',
      code: 'NOT_FOUND',
    });
    const options = await server.send('OPTIONS', '/genesys/1/service/hello');
    expect([options.status, options.headers.allow]).to.deep.equal([204, 'DELETE, GET, HEAD, POST']);
    await server.orsay.close();
  });
});
