import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeptBlobs } from '../../engine/durable/keptBlobs.ts';
import { MemoryBlobs } from '../../engine/durable/memory/memoryBlobs.ts';
import { type AgentRouteDeps, registerAgentRoutes } from '../../server/agent/routes.ts';
import { createAllRouters, createApp } from '../../server/process/app.ts';
import {
  afterWorkOf,
  type DesktopConfig,
  desktopOf,
  desktopSchema,
} from '../../server/process/config/desktop.ts';
import { registerUrsRoutes } from '../../server/urs/routes.ts';
import { AuditLog } from '../../strategies/audit/auditLog.ts';
import { Chats } from '../../strategies/chat/chats.ts';
import { ChatFiles } from '../../strategies/files/chatFiles.ts';
import { CLIENT_FILE_OPTIONS, FILE_LIMITS } from '../../strategies/files/fileLimits.ts';
import { Uploads } from '../../strategies/files/uploads.ts';
import { OpenMedia } from '../../strategies/openMedia/openMedia.ts';
import { createBodyBudget } from './bodyBudget.ts';
import { type ContactCentre, openContactCentre } from './contactCentre.ts';
import { loopbackBrowsers, openGuard } from './openGuard.ts';
import { silentLog } from './silentLog.ts';
import { createTestIds } from './testIds.ts';

/** The URS and agent routes over a contact centre, on loopback. */
export interface AgentServer {
  readonly centre: ContactCentre;
  readonly chats: Chats;
  readonly chatFiles: ChatFiles;
  readonly url: string;
  /** Status and JSON of one request. */
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Ends event streams, as a stopping server does. */
  closeStreams(): void;
  close(): Promise<void>;
}

/** `given`: as for the contact centre, and the section `desktop` of the configuration. */
export async function openAgentServer(
  given: Parameters<typeof openContactCentre>[0] & {
    readonly desktop?: DesktopConfig;
    readonly callbacks?: AgentRouteDeps['services']['ofCustomer'];
  } = {},
): Promise<AgentServer> {
  const { desktop = desktopSchema.parse({}) } = given;
  const ids = given.ids ?? createTestIds();
  const centre = openContactCentre({ afterWork: () => afterWorkOf(desktop), ...given, ids });
  const { durable, clock, interactions, notices } = centre;
  const chats = new Chats({
    durable,
    interactions,
    notices,
    clock,
    ids,
    log: silentLog,
    isListening: () => false,
  });
  const blobs = new KeptBlobs({ durable, clock, log: silentLog, blobs: new MemoryBlobs(clock) });
  const chatFiles = new ChatFiles({
    durable,
    clock,
    ids,
    log: silentLog,
    blobs,
    chats: {
      get: (id) => chats.get(id),
      fileEntryBatch: (id, entry) => notices.fileEntryBatch(id, entry),
      tellAgentBatch: (id, event) => interactions.tellAgentBatch(id, event),
    },
    limits: FILE_LIMITS,
    client: () => CLIENT_FILE_OPTIONS,
  });
  const closing = new AbortController();
  const routers = createAllRouters({
    bodies: createBodyBudget(),
    uploads: new Uploads({ blobs, limits: FILE_LIMITS }),
    durable,
    bayeux: { handler: () => {}, upgrade: () => {} },
    believed: () => undefined,
    guard: openGuard(),
    registerRoutes({ platform, agent }) {
      registerUrsRoutes(platform, centre);
      registerAgentRoutes(agent, {
        ...centre,
        audit: new AuditLog({ durable, clock, limits: { maxEntries: 1_000, maxAgeMs: 86_400_000 } }),
        chats,
        chatFiles,
        openMedia: new OpenMedia({
          ...centre,
          ids,
          log: silentLog,
          limits: () => ({ open: 100, keptMs: 86_400_000 }),
        }),
        desktop: () => desktopOf(desktop),
        services: { ofCustomer: (property) => given.callbacks?.(property) ?? [] },
        closing: closing.signal,
      });
    },
  });
  const app = createApp({ log: silentLog, browsers: loopbackBrowsers(), routers });
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    centre,
    chats,
    chatFiles,
    url,
    async call(method, path, body) {
      const reply = await fetch(`${url}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await reply.text();
      await centre.settle();
      return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    closeStreams: () => closing.abort(),
    async close() {
      closing.abort();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
