import { createHash } from 'node:crypto';
import { type Batch, type Durable, joinBatches } from '../durable/index.ts';
import type { Clock, Log, SessionId } from '../ports/index.ts';
import type { DocumentFacts } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import { sessionIds } from './sessionIndex.ts';
import { listVersions } from './sessionLists.ts';
import type { BlockedDocument } from './sessions.ts';

/** Documents that may not start, by `hash:<hash>` or `url:<SHA-256 of the URL>`. */
const BLOCKED_DOCUMENT = 'blockedDocument';
const END_SESSIONS = 'session.endDocument';
/** Sessions that are ended at the same time. */
const ENDED_AT_ONCE = 32;
const REASON = 'its document is blocked';

interface DocumentBlocksDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends a session; does nothing if it has ended. */
  readonly terminate: (sessionId: SessionId, reason: string) => Promise<void>;
}

/**
 * Documents that an administrator has blocked: a version by its hash, or all versions under a URL.
 *
 * DB1. Every commit that starts or schedules a session checks the blocks right before it; nothing is awaited
 *      in between. A block is visible as soon as it is committed, and its task ends the sessions that were
 *      committed before. So no session escapes that starts meanwhile.
 * DB2. The task is in the commit of the block, so that a crash does not lose it.
 */
export class DocumentBlocks {
  readonly #deps: DocumentBlocksDeps;

  constructor(deps: DocumentBlocksDeps) {
    this.#deps = deps;
    deps.durable.onTask<{ readonly document: string }>(
      END_SESSIONS,
      ({ document }) => this.#endSessions(document),
      { maxAttempts: Number.POSITIVE_INFINITY },
    );
  }

  /** Throws DOCUMENT_BLOCKED. */
  checkUrl(url: string): void {
    if (this.#deps.durable.has(BLOCKED_DOCUMENT, keyOf(url))) throw new HostError('DOCUMENT_BLOCKED', url);
  }

  /** DB1. Throws DOCUMENT_BLOCKED. */
  check({ url, hash }: Pick<DocumentFacts, 'url' | 'hash'>): void {
    this.checkUrl(url);
    this.checkUrl(hash);
  }

  /** See AdministeredSessions.blockDocument. */
  async block(document: string, alongside: Batch): Promise<void> {
    const { durable, clock } = this.#deps;
    const key = keyOf(document);
    const value: BlockedDocument = { document, at: clock.now() };
    const task = {
      key: `${END_SESSIONS}:${key}`,
      kind: END_SESSIONS,
      payload: { document },
      dueAt: clock.now(),
    };
    const put = [{ table: BLOCKED_DOCUMENT, key, value }];
    await durable.commit(joinBatches({ put, schedule: [task] }, alongside));
  }

  /** See AdministeredSessions.allowDocument. */
  async allow(document: string, alongside: Batch): Promise<void> {
    const { durable } = this.#deps;
    const key = keyOf(document);
    if (!durable.has(BLOCKED_DOCUMENT, key)) throw new HostError('DOCUMENT_NOT_BLOCKED', document);
    await durable.commit(joinBatches({ remove: [{ table: BLOCKED_DOCUMENT, key }] }, alongside));
  }

  list(): readonly BlockedDocument[] {
    return [...this.#deps.durable.scan<BlockedDocument>(BLOCKED_DOCUMENT)].map(({ value }) => value);
  }

  async #endSessions(document: string): Promise<void> {
    const { durable, log, terminate } = this.#deps;
    let ended = 0;
    for (const documentHash of await this.#hashesOf(document)) {
      let after: SessionId | undefined;
      while (durable.has(BLOCKED_DOCUMENT, keyOf(document))) {
        const ids = sessionIds(durable, { documentHash }, { after, limit: ENDED_AT_ONCE });
        if (ids.length === 0) break;
        await Promise.all(ids.map((id) => terminate(id, REASON)));
        ended += ids.length;
        after = ids.at(-1);
      }
    }
    log.info({ document, sessions: ended }, 'The sessions of a blocked document were ended.');
  }

  /** Versions that sessions need. */
  async #hashesOf(document: string): Promise<readonly string[]> {
    if (isHash(document)) return [document];
    const versions = await listVersions(this.#deps.durable);
    return versions.filter(({ src }) => src === document).map(({ documentHash }) => documentHash);
  }
}

function isHash(document: string): boolean {
  return /^[0-9a-f]{64}$/.test(document);
}

function keyOf(document: string): string {
  if (isHash(document)) return `hash:${document}`;
  return `url:${createHash('sha256').update(document).digest('hex')}`;
}
