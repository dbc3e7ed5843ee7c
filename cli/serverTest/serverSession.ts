import { buffer } from 'node:stream/consumers';
import { stepLine, whyIgnored } from '../../engine/interpreter/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { JsonFields, SeenCourse, SeenReply } from '../../engine/scenario/index.ts';
import { type FamilyTrace, openReplays, replaySteps } from '../../engine/trace/index.ts';
import { CommandFault } from '../commandFault.ts';
import type { ServerClient } from '../serverClient.ts';
import type { ServerTimer } from './playedTime.ts';

const ADMIN = '/genesys/1/admin';
const DEBUG = `${ADMIN}/debug`;

/** A session as the query of ORS shows it. */
export interface ServerView {
  readonly status: string;
  readonly configuration: readonly string[];
  readonly data: Json;
  /** ms since epoch. */
  readonly startedAt: number;
  readonly reason?: string;
  readonly donedata?: Json;
}

/** The course of a session and of those that it invoked, from its trace. */
export interface ServerCourse {
  readonly lines: SeenCourse['lines'];
  readonly open: SeenCourse['open'];
}

/** As readTrace(). */
export type ReadTrace = (text: string, file: string) => FamilyTrace;

/** A session on a server, over its HTTP APIs. Methods reject with CommandFault. */
export class ServerSession {
  readonly #client: ServerClient;
  readonly #id: string;
  readonly #path: string;
  readonly #readTrace: ReadTrace;

  private constructor(client: ServerClient, id: string, readTrace: ReadTrace) {
    this.#client = client;
    this.#id = id;
    this.#readTrace = readTrace;
    this.#path = `/scxml/session/${encodeURIComponent(id)}`;
  }

  static async start(
    client: ServerClient,
    {
      src,
      params,
      readTrace,
    }: { readonly src: string; readonly params: JsonFields; readonly readTrace: ReadTrace },
  ): Promise<ServerSession> {
    const { _id: id } = (await client.ask('POST', '/scxml/session/start', { ...params, src })) as {
      _id: string;
    };
    return new ServerSession(client, id, readTrace);
  }

  async view(): Promise<ServerView> {
    const { startedAt, ...view } = (await this.#client.ask('GET', `${this.#path}/query`)) as unknown as Omit<
      ServerView,
      'startedAt'
    > & { readonly startedAt: string };
    return { ...view, startedAt: Date.parse(startedAt) };
  }

  async send(name: string, data: Json | undefined): Promise<void> {
    await this.#client.ask('POST', `${this.#path}/event/${encodeURIComponent(name)}`, data ?? {});
  }

  /** As send(), with exactly these data. For users who may debug. */
  async sendAsIs(name: string, data: Json | undefined): Promise<void> {
    await this.#client.ask('POST', `${this.#debugPath}/event`, { name, ...defined({ data }) });
  }

  /** Resolves when the session has answered. Undefined: it did not. */
  async request(name: string, data: Json | undefined): Promise<SeenReply | undefined> {
    try {
      const path = `${this.#path}/request/${encodeURIComponent(name)}`;
      return { positive: true, body: await this.#client.ask('POST', path, data ?? {}) };
    } catch (error) {
      if (!(error instanceof CommandFault) || error.code !== 'NEGATIVE_RESPONSE') return undefined;
      return negativeReply(error);
    }
  }

  async terminate(): Promise<void> {
    await this.#client.ask('POST', `${this.#path}/terminate`);
  }

  /** For users who may debug. A session that has ended has none. */
  async timers(): Promise<readonly ServerTimer[]> {
    const found = (await this.#unlessEnded(() => this.#client.ask('GET', `${this.#debugPath}/timers`))) as
      | readonly { readonly key: string; readonly event: string; readonly dueAt: string }[]
      | undefined;
    return (found ?? []).map(({ key, event, dueAt }) => ({ key, event, dueAt: Date.parse(dueAt) }));
  }

  /** A timer that is gone meanwhile is none. */
  async fire(key: string): Promise<void> {
    const path = `${this.#debugPath}/timers/${encodeURIComponent(key)}/fire`;
    await this.#unlessEnded(() => this.#client.ask('POST', path));
  }

  /** The value of an expression, by a debugger that leaves at once. */
  async evaluate(expression: string): Promise<Json | undefined> {
    const opened = (await this.#client.ask('POST', DEBUG, { session: this.#id })) as { readonly id: string };
    const path = `${DEBUG}/${opened.id}`;
    try {
      const { value } = (await this.#client.ask('POST', `${path}/evaluate`, { expression })) as {
        readonly value?: Json;
      };
      return value;
    } finally {
      await this.#unlessEnded(() => this.#client.ask('DELETE', path));
    }
  }

  /** Undefined: the server does not trace the document. */
  async course(): Promise<ServerCourse | undefined> {
    const path = `${ADMIN}/sessions/${encodeURIComponent(this.#id)}/trace`;
    const bytes = await this.#unlessEnded(async () => buffer(await this.#client.download(path)));
    if (bytes === undefined) return undefined;
    const lines: { text: string; ignored?: string }[] = [];
    const open = new Map<string, { name: string }>();
    for (const { replay, records, at, outcome, input } of replaySteps(
      await openReplays(this.#readTrace(bytes.toString('utf8'), this.#id)),
    )) {
      for (const record of records) {
        const line = stepLine(record, replay.document, at);
        if (line) lines.push({ text: line.text });
        if (record.kind !== 'event_ignored') continue;
        const taken = lines.findLast(({ text }) => text === `event ${record.name}`);
        if (taken) taken.ignored = whyIgnored(record, replay.document);
      }
      if (input.kind === 'event') open.delete(requestIdIn(input.event.data));
      for (const effect of outcome.effects) {
        if (effect.kind === 'module') {
          open.set(effect.requestId, { name: `${effect.module}.${effect.action}` });
        }
      }
    }
    return { lines: lines, open: [...open.values()] };
  }

  get #debugPath(): string {
    return `${DEBUG}/sessions/${encodeURIComponent(this.#id)}`;
  }

  async #unlessEnded<T>(asking: () => Promise<T>): Promise<T | undefined> {
    try {
      return await asking();
    } catch (error) {
      const { code } = error as Partial<CommandFault>;
      if (code === 'SESSION_NOT_FOUND' || code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }
}

/** Undefined: users may debug on this server. Otherwise the reason, in the words of the server. */
export async function whyNotDebugged(client: ServerClient): Promise<string | undefined> {
  try {
    await client.ask('GET', DEBUG);
    return undefined;
  } catch (error) {
    if (error instanceof CommandFault && error.code === 'FORBIDDEN') return error.text;
    throw error;
  }
}

/** The body of a negative answer, without the fields that the server adds. */
function negativeReply({ details = {} }: CommandFault): SeenReply {
  const { resultcode, exception: _exception, code: _code, ...body } = details;
  return { positive: false, body, ...defined({ resultCode: resultcode as string | undefined }) };
}

function requestIdIn(data: Json | undefined): string {
  const { requestid } = (typeof data === 'object' && data !== null ? data : {}) as { requestid?: unknown };
  return typeof requestid === 'string' ? requestid : '';
}
