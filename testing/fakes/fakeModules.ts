import { parseDelay } from '../../engine/interpreter/index.ts';
import type { Fields, ScriptRow } from '../../engine/interpreter/stepper/index.ts';
import type { SharedTime } from '../sharedTime.ts';
import type { TestSession } from '../testSession.ts';

/** The answer to each request of an element. Without `error`: `<module>.<element>.done`. */
export interface ModuleStub {
  readonly done?: Fields;
  readonly error?: Fields;
  /** Time until the answer: '5s'. Absent: at once. */
  readonly after?: string;
}

/**
 * Simulates modules that no other fake has: treatments (`dialog.play`), `classification`, `statistic`. A name
 * is that of an element ('dialog.play') or of a module ('dialog': all of its elements).
 */
export class FakeModules {
  readonly #time: SharedTime;
  readonly #stubs: Readonly<Record<string, ModuleStub>>;

  constructor(time: SharedTime, stubs: Readonly<Record<string, ModuleStub>>) {
    this.#time = time;
    this.#stubs = stubs;
  }

  rows(session: () => TestSession): readonly ScriptRow[] {
    return Object.entries(this.#stubs).map(([module, stub]) => ({
      module,
      result: ({ requestId }) => {
        const ms = parseDelay(stub.after ?? '0s');
        if (ms === undefined) {
          throw new TypeError(`Expected a time as '5s' for ${module}, got '${stub.after}'.`);
        }
        const answer = (): void => {
          if (!session().open.some((open) => open.requestId === requestId)) return;
          const open = session().answer(requestId);
          if (stub.error) open.error(stub.error);
          else open.done(stub.done ?? {});
        };
        if (ms === 0) this.#time.post(answer);
        else this.#time.at(this.#time.now + ms, answer);
        return { silence: true };
      },
    }));
  }
}
