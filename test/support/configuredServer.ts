import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { defined } from '../../engine/ports/defined.ts';
import type { HttpClient } from '../../engine/ports/httpClient.ts';
import { type Config, readConfigFile } from '../../server/process/config.ts';
import { ConfigFile } from '../../server/process/configFile.ts';
import { recordConfiguration } from '../../server/process/recordConfiguration.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';

export const ROOT = '/genesys/1/admin';
export const HELLO = { _type: 'ors', _service: 'hello', _ttl: '60' };

/** A server with a configuration file in a folder of its own. */
export class ConfiguredServer {
  readonly folder: string;
  readonly store = new MemoryStore();
  #server!: TestServer;

  readonly #http: HttpClient | undefined;

  private constructor(folder: string, http: HttpClient | undefined) {
    this.folder = folder;
    this.#http = http;
  }

  /** `http`: replaces the network. */
  static async open(http?: HttpClient): Promise<ConfiguredServer> {
    const opened = new ConfiguredServer(mkdtempSync(join(tmpdir(), 'orsay-test-')), http);
    await opened.start();
    return opened;
  }

  /** Starts, or starts again from the file. */
  async start(store = this.store): Promise<void> {
    const config = await readConfigFile(this.folder);
    this.#server = createTestServer({
      config: () => config,
      configText: new ConfigFile(this.path),
      dataDir: this.folder,
      store,
      ...defined({ http: this.#http }),
    });
    await recordConfiguration(config, this.#server.orsay);
  }

  get server(): TestServer {
    return this.#server;
  }

  get path(): string {
    return join(this.folder, 'config.json');
  }

  get text(): string {
    return readFileSync(this.path, 'utf8');
  }

  get file(): Config {
    return JSON.parse(this.text) as Config;
  }

  /** Edits the file as a person does. */
  edit(change: (text: string) => string): void {
    writeFileSync(this.path, change(this.text));
  }

  send(
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestReply> {
    return this.#server.send(method, `${ROOT}${path}`, { headers, ...(json !== undefined && { json }) });
  }

  /** The audit log, oldest first, without times and ids. */
  entries(): unknown[] {
    return this.#server.orsay.audit
      .list()
      .entries.map(({ id: _, at: __, ...entry }) => entry)
      .reverse();
  }

  close(): Promise<void> {
    return this.#server.orsay.close();
  }
}

export function refusal({ status, json }: TestReply): unknown {
  const { code, message } = json as { readonly code: string; readonly message: string };
  return { status, code, message };
}
