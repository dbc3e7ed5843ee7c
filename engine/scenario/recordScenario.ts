import { isDeepStrictEqual } from 'node:util';
import { hashTexts, type ModuleEffect, type RespondEffect, type UntypedEvent } from '../interpreter/index.ts';
import { defined, type Json } from '../ports/index.ts';
import { type FamilyTrace, openReplays, replaySteps, type SessionReplay } from '../trace/index.ts';
import type { JsonFields, Scenario, ScenarioStep } from './contract.ts';

/**
 * The scenario that does again what a trace says: everything that came from outside to the first session, and
 * to those that it invoked, with the configuration after each change and the answers. Rejects with
 * ReplayDiffers, and with an Error for a trace whose first steps are gone.
 */
export async function recordScenario(trace: FamilyTrace, document: string): Promise<Scenario> {
  const replays = await openReplays(trace);
  const root = replays.find(({ trace: { start } }) => start.sessionId === trace.root);
  if (root === undefined) throw new Error(`Expected session ${trace.root} in the trace.`);
  if (replays.some(({ trace: { base } }) => base !== undefined)) {
    throw new Error(
      'Expected a trace from the start on: the first steps are gone, because the trace was over its bounds ' +
        '(traces.maxSteps, traces.maxBytes).',
    );
  }
  const recorder = new ScenarioRecorder(root, replays);
  const { start } = root.trace;
  const { seed, params, baseUrl } = start.options;
  const { installation } = trace;
  return {
    scenario: 1,
    name: `Session ${trace.root}`,
    document,
    documentHash: hashTexts(root.document.sources),
    dialect: start.dialect,
    now: new Date(start.startedAt).toISOString(),
    seed,
    session: start.sessionId,
    ...defined({ params: params as JsonFields | undefined, baseUrl, installation }),
    steps: recorder.steps(),
  };
}

class ScenarioRecorder {
  readonly #root: SessionReplay;
  readonly #replays: readonly SessionReplay[];
  /** Paths of invoke ids, by session. */
  readonly #children: ReadonlyMap<string, string>;
  readonly #requests = new Map<string, ModuleEffect>();
  readonly #steps: ScenarioStep[] = [];
  #now: number;
  #configuration: readonly string[] = [];

  constructor(root: SessionReplay, replays: readonly SessionReplay[]) {
    this.#root = root;
    this.#replays = replays;
    this.#now = root.trace.start.startedAt;
    this.#children = childPaths(root.trace.start.sessionId, replays);
  }

  steps(): readonly ScenarioStep[] {
    for (const { replay, at, input, outcome, configuration } of replaySteps(this.#replays)) {
      if (at > this.#now) this.#steps.push({ advance: `${at - this.#now}ms` });
      this.#now = Math.max(this.#now, at);
      const child = this.#children.get(replay.trace.start.sessionId);
      const answers = outcome.effects.filter((effect) => effect.kind === 'respond');
      if (input.kind === 'start' && replay === this.#root) this.#steps.push('start');
      if (input.kind === 'terminate' && replay === this.#root) this.#steps.push({ terminate: input.reason });
      if (input.kind === 'event') this.#event(input.event, { child, answers });
      for (const effect of outcome.effects) {
        if (effect.kind === 'module') this.#requests.set(effect.requestId, effect);
      }
      if (replay === this.#root) this.#expect(configuration, outcome.status);
    }
    return this.#steps;
  }

  #event(
    event: UntypedEvent,
    { child, answers }: { readonly child: string | undefined; readonly answers: readonly RespondEffect[] },
  ): void {
    // The sessions of the scenario send these to each other by themselves.
    if (this.#isFromFamily(event)) return;
    const { name, data, facts, sendid } = event;
    const request = this.#requestOf(event);
    if (request !== undefined) {
      this.#steps.push(answerStep(request, event));
      return;
    }
    if (sendid === undefined || child !== undefined) {
      this.#steps.push({ send: name, ...defined({ data, facts, child }) });
      return;
    }
    const answer = answers.find(({ requestId }) => requestId === sendid);
    const reply = answer && {
      positive: answer.positive,
      body: answer.body,
      ...defined({ resultCode: answer.resultCode }),
    };
    this.#steps.push({ request: name, as: sendid, ...defined({ data, reply }) });
  }

  #isFromFamily({ origin, invokeid }: UntypedEvent): boolean {
    if (invokeid !== undefined) return true;
    const from = origin?.replace(/^#_scxml_/, '');
    return from !== undefined && this.#replays.some(({ trace: { start } }) => start.sessionId === from);
  }

  #requestOf({ data }: UntypedEvent): ModuleEffect | undefined {
    const { requestid } = (typeof data === 'object' && data !== null ? data : {}) as { requestid?: Json };
    return typeof requestid === 'string' ? this.#requests.get(requestid) : undefined;
  }

  #expect(configuration: readonly string[], status: string): void {
    if (isDeepStrictEqual(configuration, this.#configuration) && status === 'running') return;
    this.#configuration = configuration;
    const ended = status === 'running' ? undefined : (status as 'completed');
    this.#steps.push({ expect: { configuration, ...defined({ status: ended }) } });
  }
}

/**
 * As the event came: an answer in the form of a fetch could leave out fields. The texts among the attributes
 * tell the request from others of the same element.
 */
function answerStep({ module, action, attributes }: ModuleEffect, event: UntypedEvent): ScenarioStep {
  const { requestid: _, ...data } = event.data as JsonFields;
  const { facts } = event;
  return {
    answer: {
      module: `${module}.${action}`,
      attributes: Object.fromEntries(
        Object.entries(attributes).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
      ),
      result: { event: event.name, data, ...defined({ facts }) },
    },
  };
}

function childPaths(root: string, replays: readonly SessionReplay[]): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const parents = new Map(replays.map(({ trace: { start } }) => [start.sessionId, start.parent]));
  for (const sessionId of parents.keys()) {
    const names: string[] = [];
    let at = sessionId;
    for (let parent = parents.get(at); parent !== undefined && at !== root; parent = parents.get(at)) {
      names.unshift(parent.invokeId);
      at = parent.sessionId;
    }
    if (at === root && names.length > 0) paths.set(sessionId, names.join('/'));
  }
  return paths;
}
