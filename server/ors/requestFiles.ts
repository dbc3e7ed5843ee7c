import type { Context } from 'koa';
import { keyedBy, type Once } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import { type Clock, type Ids, ownId, type SessionId } from '../../engine/ports/index.ts';
import type { StorageId } from '../../strategies/ids/index.ts';
import type { StorageAreas } from '../../strategies/storage/index.ts';
import { accountOf } from '../access/index.ts';
import type { Form } from '../bodies/index.ts';
import { creationKeyOf } from '../middleware/index.ts';

/** Time for which the files of a request are kept. */
export const FILES_KEPT_MS = 86_400_000;

export interface RequestFilesDeps {
  readonly sessions: Pick<Sessions, 'exists'>;
  readonly storage: Pick<StorageAreas, 'keep' | 'putBatch'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The URL of a file of a storage area. */
  readonly fileUrl: (id: StorageId, key: string) => string;
}

/** The files of multipart requests. A session cannot take files: it gets a URL for each. */
export class RequestFiles {
  readonly #deps: RequestFilesDeps;
  readonly #once: Once;

  constructor(deps: RequestFilesDeps, once: Once) {
    this.#deps = deps;
    this.#once = once;
  }

  /**
   * The fields of the request; a file is the URL of its content in a storage area of its own. `sessionId`: of
   * the session that gets them, without which no file is stored. Rejects with HostError SESSION_NOT_FOUND.
   */
  async fieldsOf(ctx: Context, sessionId?: SessionId): Promise<Form> {
    const { form, files } = ctx.state;
    if (files.length === 0) return form;
    if (sessionId !== undefined && !(await this.#deps.sessions.exists(sessionId))) {
      throw new HostError('SESSION_NOT_FOUND', sessionId);
    }
    const { storage, clock, ids, fileUrl } = this.#deps;
    const change = await storage.keep(undefined, {
      values: {},
      files: files.map(({ name, contentType, bytes }) => ({ key: name, contentType, bytes })),
      expiresAt: clock.now() + FILES_KEPT_MS,
      account: accountOf(ctx),
    });
    const { id } = await this.#once.commit(keyedBy(creationKeyOf(ctx), 'ors.files', ctx.path), () => {
      const made = ownId<StorageId>(`${ids.prefix}${ids.uuid()}`);
      return { batch: storage.putBatch(made, change), answer: { id: made } };
    });
    return { ...form, ...Object.fromEntries(files.map(({ name }) => [name, fileUrl(id, name)])) };
  }
}
