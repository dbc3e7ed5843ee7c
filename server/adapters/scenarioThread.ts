import type { Clock } from '../../engine/ports/index.ts';
import { type FilesToPlay, isScenarioName, type PlayedFiles } from '../../engine/scenario/index.ts';
import { BoundedThread } from './boundedThread.ts';

/** Templates whose scenarios may wait for the thread. */
export const MAX_WAITING_TEMPLATES = 20;
/** ms for all scenarios of a template. */
export const MAX_PLAYING_MS = 60_000;

/** Plays the scenarios of templates in a thread of its own, one template after the other. */
export class ScenarioThread {
  readonly #thread: BoundedThread<FilesToPlay, PlayedFiles>;

  /** `busy`: the error for a template when too many wait. */
  constructor({ busy, clock }: { readonly busy: (message: string) => Error; readonly clock: Clock }) {
    this.#thread = new BoundedThread({
      module: new URL('../../engine/scenario/playThread.mjs', import.meta.url),
      limits: {
        waiting: {
          name: 'MAX_WAITING_TEMPLATES',
          max: MAX_WAITING_TEMPLATES,
          of: 'templates with scenarios to play',
        },
        time: { name: 'MAX_PLAYING_MS', max: MAX_PLAYING_MS },
        memoryMb: 256,
      },
      busy,
      clock,
    });
  }

  /** The scenarios among the files; those that need too much time or memory are one problem. */
  async play(files: FilesToPlay): Promise<PlayedFiles> {
    const names = [...files.keys()].filter(isScenarioName);
    if (names.length === 0) return { scenarios: 0, failed: 0, problems: [] };
    const played = await this.#thread.ask(files);
    if ('answer' in played) return played.answer;
    const problem = {
      code: 'SCENARIO_FAILED',
      severity: 'error',
      message: `Expected scenarios that are played within ${played.exceeded}.`,
      file: names.sort()[0]!,
      line: 1,
      column: 1,
    } as const;
    return { scenarios: names.length, failed: names.length, problems: [problem] };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
