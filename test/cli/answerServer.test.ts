import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { AnswerServer } from '../../cli/serverTest/answerServer.ts';
import { FetchAnswers } from '../../cli/serverTest/fetchAnswers.ts';
import { loadDocument } from '../../engine/interpreter/index.ts';

const SCXML = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0"';

describe('the server of the answers of a scenario', () => {
  let folder: string;
  let server: AnswerServer;
  const statusOf = async (path: string): Promise<number> => {
    const response = await fetch(server.served(pathToFileURL(join(folder, path)).href));
    await response.text();
    return response.status;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'answers-'));
    await mkdir(join(folder, 'shop/a/deep'), { recursive: true });
    await mkdir(join(folder, 'shop/ab'));
    await writeFile(join(folder, 'secret.json'), '{}');
    await writeFile(join(folder, 'shop/ab/part.xml'), `<final ${SCXML.split(' ')[0]} id="done"/>`);
    await writeFile(
      join(folder, 'shop/a/deep/main.scxml'),
      `<scxml ${SCXML} xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="../../ab/part.xml"/></scxml>`,
    );
    const document = await loadDocument(pathToFileURL(join(folder, 'shop/a/deep/main.scxml')));
    const answers = new FetchAnswers({ scenario: 1, document: 'main.scxml', steps: [], answers: [] });
    server = await AnswerServer.open({ document, answers, host: '127.0.0.1', secret: 'secret' });
  });
  afterEach(() => server.close());

  it('serves the files of the folder around the document and its includes', async () => {
    await writeFile(join(folder, 'shop/a/invoked.scxml'), `<scxml ${SCXML}><final/></scxml>`);
    await writeFile(join(folder, 'shop/key.pem'), 'key');
    await symlink(join(folder, 'secret.json'), join(folder, 'shop/link.json'));
    expect(server.documentUrl).to.match(
      /^http:\/\/127\.0\.0\.1:\d+\/secret\/document\/a\/deep\/main\.scxml$/,
    );
    expect(await statusOf('shop/a/deep/main.scxml')).to.equal(200);
    expect(await statusOf('shop/ab/part.xml')).to.equal(200);
    expect(await statusOf('shop/a/invoked.scxml')).to.equal(200);
    expect(await statusOf('shop/key.pem')).to.equal(404);
    expect(await statusOf('shop/link.json')).to.equal(404);
    expect(await statusOf('shop/absent.json')).to.equal(404);
  });

  it('does not find a file that is too large for a document', async () => {
    await writeFile(join(folder, 'shop/large.txt'), 'x'.repeat(16 * 1024 * 1024));
    expect(await statusOf('shop/large.txt')).to.equal(200);
    await writeFile(join(folder, 'shop/large.txt'), 'x'.repeat(16 * 1024 * 1024 + 1));
    expect(await statusOf('shop/large.txt')).to.equal(404);
  });
});

describe('the answers of a scenario to fetches', () => {
  it('close the connection of a fetch when 1,000 wait', () => {
    const answers = new FetchAnswers({ scenario: 1, document: 'main.scxml', steps: [], answers: [] });
    const given: unknown[] = [];
    const fetched = (url: string): void =>
      answers.fetched({ method: 'GET', url, answer: (one) => given.push([url, one]) });
    for (let at = 0; at < 1_000; at++) fetched(`http://shop.example/${at}`);
    expect(given).to.deep.equal([]);
    fetched('http://shop.example/more');
    answers.give({ fetch: '/7', reply: { status: 204 } });
    expect(given).to.deep.equal([
      ['http://shop.example/more', 'unreachable'],
      ['http://shop.example/7', { status: 204 }],
    ]);
  });
});
