import type { Context } from 'koa';
import { keyedBy, type Once } from '../../engine/durable/index.ts';
import { type Clock, type Ids, ownId } from '../../engine/ports/index.ts';
import type { StorageId } from '../../strategies/ids/index.ts';
import type { StorageAreas } from '../../strategies/storage/index.ts';
import { accountOf } from '../access/index.ts';
import type { Form } from '../bodies/index.ts';
import { creationKeyOf } from '../middleware/index.ts';

/** Time for which the files of a request are kept. */
export const FILES_KEPT_MS = 86_400_000;

export interface RequestFilesDeps {
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

  /** The fields of the request; a file is the URL of its content in a storage area of its own. */
  async fieldsOf(ctx: Context): Promise<Form> {
    const { form, files } = ctx.state;
    if (files.length === 0) return form;
    const { storage, clock, ids, fileUrl } = this.#deps;
    const change = await storage.keep(undefined, {
      values: {},
      files: files.map(({ name, contentType, bytes }) => ({ key: name, contentType, bytes })),
      expiresAt: clock.now() + FILES_KEPT_MS,
      account: accountOf(ctx),
    });
    const { id } = await this.#once.commit(keyedBy(creationKeyOf(ctx), 'ors.files', ctx.path), () => {
      const made = ownId<StorageId>(ids.uuid());
      return { batch: storage.putBatch(made, change), answer: { id: made } };
    });
    return { ...form, ...Object.fromEntries(files.map(({ name }) => [name, fileUrl(id, name)])) };
  }
}
