import {
  type Document,
  DocumentError,
  hashTexts,
  loadDocument,
  type RecordListener,
} from '../interpreter/index.ts';
import { type SteppedChild, type Stepper, StepperAssertion, stepper } from '../interpreter/stepper/index.ts';
import { defined, type FetchText } from '../ports/index.ts';
import { eventOf, scriptOf } from './answerRows.ts';
import { type Difference, firstDifference, replyDifference, type SeenSession } from './checkExpected.ts';
import { patternOf } from './compareValues.ts';
import type {
  Expected,
  FieldPath,
  GivenAnswer,
  Place,
  RequestStep,
  Scenario,
  ScenarioFile,
  ScenarioStep,
  SendStep,
} from './contract.ts';
import { Watched } from './watched.ts';

export interface PlayOptions {
  /** Reads the document and the documents that it invokes. Absent: files only. */
  readonly fetchText?: FetchText;
  /** Gets every record of the session and of those that it invokes. */
  readonly onRecord?: RecordListener;
}

/** The first step that failed. */
export interface ScenarioFailure {
  /** The field of the scenario. */
  readonly at: Place;
  readonly message: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** The last actions with the location of each line in the document, as text. */
  readonly lastActions?: string;
  /** The last location in the document that the session passed. */
  readonly documentAt?: Place;
}

export interface PlayedScenario {
  /** Absent: the scenario passed. */
  readonly failure?: ScenarioFailure;
  readonly steps: number;
  readonly document: Document;
  readonly stepper: Stepper;
}

/**
 * Plays a scenario in virtual time, up to the step that fails. Rejects with DocumentError when its document
 * does not load, and with ScenarioFault when the scenario is for another text of it.
 */
export async function playScenario(file: ScenarioFile, options: PlayOptions = {}): Promise<PlayedScenario> {
  const document = await scenarioDocument(file, options);
  const player = new ScenarioPlayer(file, await open(file, document, options));
  const failure = await player.play();
  return { document, steps: player.steps, stepper: player.stepper, ...defined({ failure }) };
}

/** A scenario that cannot be played: its document is missing or another one. */
export class ScenarioFault extends Error {
  readonly at: Place;
  /** The message without the location. */
  readonly reason: string;

  constructor(at: Place, reason: string) {
    super(`${at.file}:${at.line}:${at.column}: ${reason}`);
    this.name = 'ScenarioFault';
    this.at = at;
    this.reason = reason;
  }
}

/**
 * The document of a scenario. Rejects with DocumentError when it does not load, and with ScenarioFault when
 * the scenario is for another text of it.
 */
export async function scenarioDocument(
  file: ScenarioFile,
  { fetchText }: Pick<PlayOptions, 'fetchText'> = {},
): Promise<Document> {
  const { scenario, url } = file;
  const { dialect } = scenario;
  if (!URL.canParse(scenario.document, url)) {
    const message = `document: expected a path or a URL, got '${scenario.document}'`;
    throw new ScenarioFault(file.place(['document']), message);
  }
  const source = new URL(scenario.document, url);
  const document = await loadDocument(source, defined({ dialect, fetchText })).catch((error: unknown) => {
    if (error instanceof DocumentError) throw error;
    throw new ScenarioFault(file.place(['document']), `document: ${(error as Error).message}`);
  });
  const { documentHash } = scenario;
  const hash = hashTexts(document.sources);
  if (documentHash !== undefined && documentHash !== hash) {
    const message =
      `documentHash: the document has changed: expected the text with the hash ${documentHash}, ` +
      `got ${hash}`;
    throw new ScenarioFault(file.place(['documentHash']), message);
  }
  return document;
}

function open({ scenario }: ScenarioFile, document: Document, options: PlayOptions): Promise<Stepper> {
  const { params, seed, session: id, baseUrl, installation, answers, now } = scenario;
  return stepper(document, {
    ...defined({ params, seed, id, baseUrl, installation, ...options }),
    ...defined({ now: now === undefined ? undefined : Date.parse(now) }),
    script: scriptOf(answers ?? []),
  });
}

/** Takes the steps of a scenario, one after the other. */
class ScenarioPlayer {
  readonly stepper: Stepper;
  readonly #file: ScenarioFile;
  /** Ids of requests by the names of `as`, or of the events. */
  readonly #asked = new Map<string, string>();
  readonly #stateIds: ReadonlySet<string>;
  readonly #watched: Watched;
  #next = 0;

  constructor(file: ScenarioFile, opened: Stepper) {
    this.#file = file;
    this.stepper = opened;
    this.#stateIds = new Set(opened.stateIds);
    this.#watched = new Watched(file.scenario.steps);
  }

  get scenario(): Scenario {
    return this.#file.scenario;
  }

  /** Number of the steps that were taken. */
  get steps(): number {
    return this.#next;
  }

  async play(): Promise<ScenarioFailure | undefined> {
    while (this.#next < this.scenario.steps.length) {
      const failure = await this.step();
      if (failure) return failure;
    }
    return undefined;
  }

  /** Takes the next step. Returns its failure. */
  async step(): Promise<ScenarioFailure | undefined> {
    const step = this.scenario.steps[this.#next]!;
    const path = ['steps', this.#next];
    this.#next += 1;
    try {
      const difference = this.#take(step);
      if (difference) return this.#failure([...path, ...difference.path], difference);
      await this.stepper.settled();
      if (!isExpectation(step)) this.#watched.look((condition) => this.stepper.get(condition));
      return undefined;
    } catch (error) {
      return this.#failure(path, { path: [], ...factsOf(error) });
    }
  }

  #take(step: ScenarioStep): Difference | undefined {
    if (step === 'start') return void this.stepper.start();
    if (step === 'restart') return void this.stepper.restart();
    if ('send' in step) return void this.#send(step);
    if ('request' in step) return this.#request(step);
    if ('advance' in step) return void this.stepper.advance(step.advance);
    if ('answer' in step) return void this.#answer(step.answer);
    if ('terminate' in step) return void this.stepper.terminate(step.terminate);
    return this.#expect(step.expect);
  }

  #send({ send, data, facts, child }: SendStep): void {
    if (child === undefined) this.stepper.send(send, data, facts);
    else this.stepper.sendToChild(child, send, data, facts);
  }

  #request({ request, data, as = request, reply }: RequestStep): Difference | undefined {
    const id = this.stepper.ask(request, data);
    this.#asked.set(as, id);
    if (reply === undefined) return undefined;
    const difference = replyDifference(reply, this.stepper.answerTo(id), request);
    return difference && { ...difference, path: ['reply', ...difference.path] };
  }

  #answer(given: GivenAnswer): void {
    if ('fetch' in given) {
      if (given.reply === 'silence') return;
      const { method, nth } = given;
      this.stepper.expectFetch(patternOf(given.fetch), defined({ method, nth })).reply(given.reply);
      return;
    }
    const { result, nth } = given;
    if (result === 'silence') return;
    const expectation = this.stepper.expectModule(given.module, given.attributes, defined({ nth }));
    if ('done' in result) expectation.done(result.done);
    else if ('error' in result) expectation.error(result.error);
    else {
      const { name, fields, facts } = eventOf(result);
      expectation.event(name, fields, facts);
    }
  }

  #expect(expected: Expected): Difference | undefined {
    const { stepper: session } = this;
    const difference = firstDifference(expected, {
      course: session,
      session: {
        configuration: session.configuration,
        status: session.status,
        stateIds: this.#stateIds,
        get: (expression) => session.get(expression),
      },
      child: (name) => seenChild(session.child(name)),
      answersTo: (name) => this.#answersTo(this.#asked.get(name)),
      replyTo: (name) => session.answerTo(this.#asked.get(name) ?? ''),
      watched: this.#watched,
    });
    return difference && { ...difference, path: ['expect', ...difference.path] };
  }

  #answersTo(id: string | undefined): number {
    return this.stepper.lines.filter(({ text }) => `${text} `.startsWith(`answer ${id} `)).length;
  }

  #failure(path: FieldPath, { message, expected, actual }: Difference): ScenarioFailure {
    const { lastActions, lines } = this.stepper;
    const documentAt = lines.findLast(({ at }) => at !== undefined)?.at;
    return { at: this.#file.place(path), message, ...defined({ expected, actual, lastActions, documentAt }) };
  }
}

function isExpectation(step: ScenarioStep): boolean {
  return typeof step === 'object' && 'expect' in step;
}

function seenChild(child: SteppedChild | undefined): SeenSession | undefined {
  return child && { ...child, stateIds: new Set(child.stateIds), get: (expression) => child.get(expression) };
}

function factsOf(error: unknown): Omit<Difference, 'path'> {
  if (error instanceof StepperAssertion) {
    const { summary: message, expected, actual } = error;
    return { message, ...defined({ expected, actual }) };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}
