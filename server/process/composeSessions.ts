import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Durable, DurableCounts } from '../../engine/durable/index.ts';
import {
  type AdministeredSessions,
  type DebuggableSessions,
  type SessionCopies,
  SessionHost,
  SessionTraces,
  type StoredTraces,
} from '../../engine/host/index.ts';
import { defined, type HttpClient, type WatchTexts } from '../../engine/ports/index.ts';
import type { HistoryRecorder } from '../../strategies/statistics/index.ts';
import { createFetchText, heapLimit } from '../adapters/index.ts';
import { registerFetchModule } from '../ors/index.ts';
import { FolderVersions, TEMPLATE_PATH, TemplateStore } from '../templates/index.ts';
import type { Clients } from './composeClients.ts';
import { type ComposedEngine, composeEngine } from './composeEngine.ts';
import { composeDurable } from './composeStatistics.ts';
import { installationOf } from './config/installation.ts';
import { isTraced, traceBounds } from './config/traces.ts';
import type { PartsDeps } from './partsDeps.ts';

/** Folder of the installed templates. */
export const DOCUMENTS = fileURLToPath(new URL('../../scxml', import.meta.url));

/** Sessions and the parts below them. */
export interface SessionParts {
  readonly durable: HistoryRecorder;
  readonly durableCounts: () => DurableCounts;
  readonly engine: ComposedEngine;
  readonly http: HttpClient;
  readonly sessions: AdministeredSessions;
  readonly debuggable: DebuggableSessions;
  readonly copies: SessionCopies;
  readonly traces: StoredTraces;
  readonly templates: TemplateStore;
  /**
   * Reads and loads a document that a service is about to name. Rejects with an Error that says why no
   * session can start on it.
   */
  readonly checkDocumentAt: (url: URL) => Promise<unknown>;
}

export function composeSessions(
  deps: PartsDeps,
  { http, documentHttp, documentHttpBeside }: Clients,
): SessionParts {
  const { config, clock, ids, log, baseUrl } = deps;
  const { maxLiveSessions, maxMailboxLength } = config.server;
  const timeoutMs = config.http.timeout * 1000;
  const installed = installedFolder(deps);

  const uploads = uploadFolder(deps);
  const { durable, durableCounts } = composeDurable(deps);
  const engine = composeEngine({
    config: config.engine,
    installation: installationOf(config),
    log,
    installed,
    ...defined({ compile: deps.compile }),
  });
  const templates = new TemplateStore({
    durable,
    clock,
    baseUrl,
    checkDocument: engine.checkDocument,
    installed,
    versionFiles: deps.versionFiles ?? new FolderVersions(uploads),
  });
  const textsOver = (client: HttpClient) =>
    createFetchText({
      http: client,
      folders: [installed, uploads].filter((folder) => folder !== undefined),
      timeoutMs,
      readTemplate: async (url) => {
        const path = deps.own.pathOf(url);
        const bytes = path?.startsWith(TEMPLATE_PATH) ? await templates.readAt(path) : undefined;
        return bytes && Buffer.from(bytes).toString();
      },
    });
  const fetchText = textsOver(documentHttp);
  const watchTexts: WatchTexts = () => {
    const watch = templates.watch();
    return (urls) => watch(urls.map((url) => deps.own.pathOf(url)));
  };
  const traces = composeTraces(deps, durable);
  const sessions = new SessionHost({
    durable,
    clock,
    ids,
    log,
    fetchText,
    watchTexts,
    http,
    baseUrl,
    engine: engine.engine,
    heap: heapLimit(config.server.maxHeap),
    lineageLimits: config.limits.sessions,
    traces,
    ...defined({ maxLiveSessions, maxMailboxLength, tracing: deps.tracing?.steps }),
  });
  registerFetchModule({ sessions, durable, clock, http, baseUrl, timeoutMs });
  const checkDocumentAt = async (url: URL): Promise<unknown> => {
    const fetchBeside = textsOver(documentHttpBeside(url));
    return engine.checkDocument({ text: await fetchBeside(url), baseUrl: url, fetchText: fetchBeside });
  };
  const { debuggable, copies } = sessions;
  return {
    durable,
    durableCounts,
    engine,
    http,
    sessions,
    debuggable,
    copies,
    traces: traces.stored,
    templates,
    checkDocumentAt,
  };
}

/** The section `traces` counts for each session that starts, and its bounds for each step. */
function composeTraces({ clock, current }: PartsDeps, durable: Durable): SessionTraces {
  const bounds = () => traceBounds(current.whole.traces);
  return new SessionTraces({
    durable,
    clock,
    bounds,
    boundsFor: (src) => (isTraced(current.whole.traces, src) ? bounds() : undefined),
  });
}

/** Folder of the installed documents. */
function installedFolder(deps: Pick<PartsDeps, 'documents'>): string {
  return deps.documents ?? DOCUMENTS;
}

/** Folder of the uploaded templates; undefined: a temporary one, or none. */
function uploadFolder({ dataDir, versionFiles }: PartsDeps): string | undefined {
  return dataDir === undefined || versionFiles !== undefined ? undefined : join(dataDir, 'templates');
}
