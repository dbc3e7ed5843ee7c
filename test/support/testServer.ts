import inject, { type InjectOptions } from 'light-my-request';
import type { BlobPort } from '../../engine/durable/blobPort.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import { defined } from '../../engine/ports/defined.ts';
import type { HttpClient } from '../../engine/ports/httpClient.ts';
import type { Ids } from '../../engine/ports/ids.ts';
import type { Log } from '../../engine/ports/log.ts';
import { AUDIENCES } from '../../server/access/audiences.ts';
import { compose, type Orsay } from '../../server/process/compose.ts';
import type { Config } from '../../server/process/config.ts';
import type { ConfigText } from '../../server/process/configText.ts';
import { sharedProgram } from './sharedPrograms.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';
import { testConfig } from './testConfig.ts';
import { createTestIds } from './testIds.ts';

export const BASE = 'http://orsay.test';

export interface TestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON; undefined when it is not JSON. */
  readonly json: unknown;
}

export interface LogLine {
  readonly level: keyof Log;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface TestServer {
  readonly orsay: Orsay;
  readonly clock: SimulatedClock;
  /** One request without a socket. `form`: urlencoded; `json`: JSON. */
  send(
    method: string,
    url: string,
    content?: {
      readonly form?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly body?: string | Buffer;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<TestReply>;
  /** The log lines of the server. */
  readonly lines: readonly LogLine[];
  /** Advances the clock and performs the tasks that become due. */
  advance(ms: number): Promise<void>;
}

/** The whole server in memory: simulated clock, counted ids, no socket. */
export function createTestServer(
  options: {
    readonly config?: (config: Config) => Config;
    readonly http?: HttpClient;
    readonly documents?: string;
    /** The store of an earlier server, which this one continues. */
    readonly store?: StorePort;
    /** Where large files go; undefined: in memory. */
    readonly blobs?: BlobPort;
    readonly ids?: Ids;
    /** ms since epoch. */
    readonly startMs?: number;
    /** For files that the configuration names. */
    readonly dataDir?: string;
    /** The file of the configuration, for changes. */
    readonly configText?: ConfigText;
    /** As if other machines reached the server. */
    readonly isReachable?: boolean;
    /** The levels of the log lines that are kept; undefined: all. */
    readonly levels?: readonly (keyof Log)[];
  } = {},
): TestServer {
  const clock = createSimulatedClock(options.startMs);
  const lines: LogLine[] = [];
  const config = options.config?.(testConfig()) ?? testConfig();
  const orsay = compose({
    config,
    store: options.store ?? new MemoryStore(),
    ...defined({ blobs: options.blobs }),
    clock,
    ids: options.ids ?? createTestIds(),
    log: keepingLog(lines, options.levels),
    baseUrl: BASE,
    compile: sharedProgram,
    ...(options.isReachable === true && {
      listeners: [{ address: '0.0.0.0', port: 0, audiences: AUDIENCES }],
    }),
    ...(options.configText === undefined ? {} : { configText: options.configText }),
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.http === undefined ? {} : { http: options.http }),
    ...(options.documents === undefined ? {} : { documents: options.documents }),
  });
  return {
    orsay,
    clock,
    lines,
    advance: (ms) => clock.advance(ms, () => orsay.durable.idle()),

    async send(method, url, content = {}) {
      const request: InjectOptions = {
        method: method as NonNullable<InjectOptions['method']>,
        url,
        authority: new URL(BASE).host,
        headers: { ...content.headers },
      };
      if (content.form !== undefined) {
        request.payload = new URLSearchParams(content.form).toString();
        request.headers = { 'content-type': 'application/x-www-form-urlencoded', ...request.headers };
      }
      if (content.json !== undefined) {
        request.payload = JSON.stringify(content.json);
        request.headers = { 'content-type': 'application/json', ...request.headers };
      }
      if (content.body !== undefined) {
        request.payload = content.body;
      }
      const reply = await inject(orsay.handler, request);
      const { statusCode: status, payload: text } = reply;
      return {
        status,
        headers: reply.headers as Record<string, string>,
        text,
        bytes: reply.rawPayload,
        // Long replies take longer to parse than to make, and benchmarks measure the latter.
        get json() {
          return parse(text);
        },
      };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Some replies are text.
    return undefined;
  }
}

function keepingLog(lines: LogLine[], levels?: readonly (keyof Log)[]): Log {
  const keep =
    (level: keyof Log) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      if (levels?.includes(level) !== false) lines.push({ level, fields, message });
    };
  return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}
