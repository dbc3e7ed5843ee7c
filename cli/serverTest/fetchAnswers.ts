import { fitsFetch } from '../../engine/interpreter/stepper/index.ts';
import {
  type FetchAnswers as AnswerRow,
  type GivenAnswer,
  patternOf,
  type Scenario,
  type ScenarioReply,
} from '../../engine/scenario/index.ts';

/** A fetch of the session that waits for its answer. */
export interface OpenFetch {
  /** In capitals. */
  readonly method: string;
  /** As the document has it. */
  readonly url: string;
  readonly answer: (reply: ScenarioReply) => void;
}

/** Fetches of a session that wait. A further one finds nobody: its connection is closed. */
const MAX_OPEN_FETCHES = 1_000;

type GivenFetch = Extract<GivenAnswer, { readonly fetch: unknown }>;

/** The answers of a scenario to fetches. A fetch that no row fits stays open. */
export class FetchAnswers {
  readonly #rows: { readonly row: AnswerRow; used: number }[];
  readonly #open: OpenFetch[] = [];
  readonly #given: GivenFetch[] = [];
  #count = 0;

  constructor({ answers = [] }: Scenario) {
    this.#rows = answers.flatMap((row) => ('fetch' in row ? [{ row, used: 0 }] : []));
  }

  /** Number of the fetches that came so far. */
  get count(): number {
    return this.#count;
  }

  fetched(fetch: OpenFetch): void {
    this.#count += 1;
    const given = this.#given.findIndex((one) => fits(one, fetch));
    const reply = given === -1 ? this.#replyOfRow(fetch) : this.#given.splice(given, 1)[0]!.reply;
    if (reply !== undefined && reply !== 'silence') fetch.answer(reply);
    else if (this.#open.length < MAX_OPEN_FETCHES) this.#open.push(fetch);
    else fetch.answer('unreachable');
  }

  /** Answers an open fetch that fits, otherwise the next one. */
  give(given: GivenFetch): void {
    const open = this.#open.filter((one) => fits(given, one))[(given.nth ?? 1) - 1];
    if (open === undefined) this.#given.push(given);
    else if (given.reply !== 'silence') {
      this.#open.splice(this.#open.indexOf(open), 1);
      open.answer(given.reply);
    }
  }

  #replyOfRow(fetch: OpenFetch): ScenarioReply | undefined {
    const found = this.#rows.find(
      ({ row, used }) => fits(row, fetch) && (row.reply !== undefined || used < (row.replies?.length ?? 0)),
    );
    if (found === undefined) return undefined;
    found.used += 1;
    return found.row.reply ?? found.row.replies![found.used - 1];
  }
}

function fits({ fetch, method }: Pick<AnswerRow, 'fetch' | 'method'>, request: OpenFetch): boolean {
  return fitsFetch({ method, url: patternOf(fetch) }, request);
}
