import { expect } from 'chai';
import { ZipFile } from 'yazl';
import type { SessionId } from '../../engine/ports/brandedIds.ts';
import { defined } from '../../engine/ports/defined.ts';
import { HeldTime } from './heldTime.ts';
import { asId } from './ids.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';
import { orsDocument } from './writeDocuments.ts';

/**
 * ms of the process's own processor time in one macrotask, its threads of garbage collection included: some
 * 100 ms on a quiet machine, 220 ms on a busy one. A document that is read in the server takes seconds.
 */
const MAX_HELD_MS = 600;
const TEMPLATE = '/genesys/1/admin/templates/heavy';
const QUIET = orsDocument(
  `<state id="s"><transition event="ask"><ws:response requestid="_event.sendid" resultcode="0"/></transition></state>`,
);

/** A server to which heavy documents are sent, while another client asks a session. */
export class HeavyUploads {
  readonly server: TestServer;
  readonly #remote = new Map([['/quiet.scxml', QUIET]]);
  #other: SessionId | undefined;

  /** `deadlineMs`: time of a step; a document may take ten times as long to load. Default: as configured. */
  constructor({ deadlineMs }: { readonly deadlineMs?: number } = {}) {
    this.server = createTestServer({
      config: (config) => ({ ...config, engine: { ...config.engine, ...defined({ deadlineMs }) } }),
      http: async ({ url }) => {
        const body = this.#remote.get(new URL(url).pathname);
        return { status: body === undefined ? 404 : 200, headers: {}, body: body ?? '' };
      },
    });
  }

  /** Starts a session on the document, and uploads it as a template. Returns the codes of both replies. */
  async document(text: string): Promise<readonly (string | number)[]> {
    this.#remote.set('/heavy.scxml', text);
    const started = await this.#whileOthersAsk(() => this.#start('/heavy.scxml'));
    const headers = { 'content-type': 'application/scxml+xml' };
    const uploaded = await this.#whileOthersAsk(() =>
      this.server.send('PUT', TEMPLATE, { body: text, headers }),
    );
    return [started, uploaded].map(codeOf);
  }

  async template(files: { readonly [path: string]: Buffer }): Promise<string | number> {
    const body = await zipOf(files);
    const headers = { 'content-type': 'application/zip' };
    return codeOf(await this.#whileOthersAsk(() => this.server.send('PUT', TEMPLATE, { body, headers })));
  }

  #start(path: string): Promise<TestReply> {
    return this.server.send('POST', '/scxml/session/start', {
      form: { src: `http://elsewhere.test${path}` },
    });
  }

  async #whileOthersAsk(send: () => Promise<TestReply>): Promise<TestReply> {
    this.#other ??= asId(((await this.#start('/quiet.scxml')).json as { _id: string })._id);
    const held = new HeldTime();
    let isOver = false;
    const done = send().finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const answer = await this.server.send('POST', `/scxml/session/${this.#other}/request/ask`);
      expect(answer.status, answer.text).to.equal(200);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(held.stop(), 'ms of the longest macrotask').to.be.below(MAX_HELD_MS);
    return done;
  }
}

function codeOf({ status, json }: TestReply): string | number {
  return (json as { readonly code?: string } | undefined)?.code ?? status;
}

async function zipOf(files: { readonly [path: string]: Buffer }): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(content, path);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function repeat(count: number, make: (n: number) => string, separator = ''): string {
  return Array.from({ length: count }, (_, n) => make(n)).join(separator);
}
