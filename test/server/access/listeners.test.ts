import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { AUDIENCES, type Audience } from '../../../server/access/audiences.ts';
import { CERTIFICATE_CHECK_MS } from '../../../server/process/httpServer.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

const FIXTURES = resolve(import.meta.dirname, '../../../fixtures/tls');

/** A path of each audience, and one of nobody. */
const PATHS: Readonly<Record<Audience | 'everybody' | 'nobody', string>> = {
  customer: '/genesys/1/service/callback/chat-delay?_customer_number=5551234',
  agent: '/agent/1/agents',
  platform: '/genesys/1/document/service_template/hello/hello.scxml',
  administrator: '/genesys/1/admin/templates',
  everybody: '/genesys/1/admin/node/status',
  nobody: '/nothing',
};

describe('a listener', () => {
  let orsay: TestOrsay;

  beforeEach(async () => {
    orsay = await startOrsay();
  });
  afterEach(() => orsay.close());

  async function urlFor(audiences: readonly Audience[]): Promise<string> {
    const [url] = await orsay.listenOn([{ address: '127.0.0.1', port: 0, audiences }]);
    return url!;
  }

  it('has the routes of its audiences, and those of everybody', async () => {
    for (const audience of AUDIENCES) {
      const url = await urlFor([audience]);
      const found: string[] = [];
      for (const [name, path] of Object.entries(PATHS)) {
        if ((await fetch(`${url}${path}`)).status === 200) found.push(name);
      }
      expect(found, audience).to.deep.equal([audience, 'everybody'].sort(byOrderOf(Object.keys(PATHS))));
    }
  });

  it('answers the routes of another audience as an unknown path, for every method', async () => {
    const url = await urlFor(['customer']);
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const { audience, path } of orsay.routes) {
        if (audience === 'customer' || audience === 'everybody') continue;
        const reply = await fetch(`${url}${path}`, { method });
        expect(await reply.json(), `${method} ${path}`).to.deep.equal({
          message: `There is nothing at '${path}'.`,
          exception: 'orsay.NotFoundException',
          code: 'NOT_FOUND',
        });
        expect(reply.status).to.equal(404);
      }
    }
  }).timeout(20_000);

  it('does not let customers report the state of a callback where the platform is not served', async () => {
    const url = await urlFor(['customer']);
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const made = await fetch(`${url}/genesys/1/service/callback/chat-delay`, {
      method: 'POST',
      body: new URLSearchParams({ _customer_number: '5551234', _desired_time: later }),
    });
    const { _id } = (await made.json()) as { readonly _id: string };
    const report = await fetch(`${url}/genesys/1/service/callback/chat-delay/${_id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ _callback_state: 'COMPLETED' }),
    });
    expect(report.status).to.equal(403);
    expect(await report.json()).to.include({ code: 'FORBIDDEN' });
  });

  it('with TLS serves HTTPS, and a certificate that changes on disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-tls-'));
    const tls = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    install('first', tls);
    const [url] = await orsay.listenOn([{ address: '127.0.0.1', port: 0, audiences: ['customer'], tls }]);
    const { port } = new URL(url!);
    expect(url).to.equal(`https://127.0.0.1:${port}`);
    expect(await getOverTls(`${url}/genesys/1/admin/node/status`)).to.equal('200 ONLINE');
    expect(await nameOfCertificate(Number(port))).to.equal('first.orsay.test');

    writeFileSync(tls.certificate, 'half');
    for (let check = 0; check < 5; check += 1) await orsay.advance(CERTIFICATE_CHECK_MS);
    expect(await nameOfCertificate(Number(port))).to.equal('first.orsay.test');

    install('second', tls);
    while ((await nameOfCertificate(Number(port))) !== 'second.orsay.test') {
      await orsay.advance(CERTIFICATE_CHECK_MS);
    }
  });

  it('with TLS answers every request while its certificate changes, on old and on new connections', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-tls-'));
    const tls = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    install('first', tls);
    const [url] = await orsay.listenOn([{ address: '127.0.0.1', port: 0, audiences: ['customer'], tls }]);
    const status = `${url}/genesys/1/admin/node/status`;
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers: string[] = [];
    let isChanging = true;
    const ask = async (agent: Agent | false): Promise<void> => {
      while (isChanging) answers.push(await getOverTls(status, agent));
    };
    const asking = [ask(kept), ask(false), ask(false)];
    for (const name of ['second', 'first', 'second']) {
      // The certificate alone, then its key: a check may come between.
      copyFileSync(join(FIXTURES, `${name}.crt`), tls.certificate);
      await orsay.advance(CERTIFICATE_CHECK_MS);
      install(name, tls);
      while ((await nameOfCertificate(Number(new URL(url!).port))) !== `${name}.orsay.test`) {
        await orsay.advance(CERTIFICATE_CHECK_MS);
      }
    }
    isChanging = false;
    await Promise.all(asking);
    kept.destroy();
    expect([...new Set(answers)]).to.deep.equal(['200 ONLINE']);
    expect(answers.length).to.be.greaterThan(10);
  });

  it('fails to start with the name of a certificate that is not there', async () => {
    const tls = { certificate: '/nowhere/tls.crt', key: '/nowhere/tls.key' };
    const error = await orsay
      .listenOn([{ address: '127.0.0.1', port: 0, audiences: ['customer'], tls }])
      .then(
        () => undefined,
        (thrown: Error) => thrown,
      );
    expect(error?.message).to.contain('/nowhere/tls.crt');
  });
});

function byOrderOf(names: readonly string[]): (a: string, b: string) => number {
  return (a, b) => names.indexOf(a) - names.indexOf(b);
}

function install(name: string, { certificate, key }: { certificate: string; key: string }): void {
  copyFileSync(join(FIXTURES, `${name}.crt`), certificate);
  copyFileSync(join(FIXTURES, `${name}.key`), key);
}

function getOverTls(url: string, agent: Agent | false = false): Promise<string> {
  return new Promise((done, fail) => {
    request(url, { rejectUnauthorized: false, agent }, (reply) => {
      let body = '';
      reply.on('data', (chunk) => {
        body += String(chunk);
      });
      reply.on('end', () => done(`${reply.statusCode} ${body}`));
    })
      .on('error', fail)
      .end();
  });
}

function nameOfCertificate(port: number): Promise<string> {
  return new Promise((done, fail) => {
    const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      const { subject } = socket.getPeerCertificate() as PeerCertificate;
      socket.destroy();
      done(String(subject.CN));
    });
    socket.on('error', fail);
  });
}
