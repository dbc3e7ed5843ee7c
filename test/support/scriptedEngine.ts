import type { HostEngine, HostedExecution, HostedProgram } from '../../engine/host/hostEngine.ts';
import type { Document } from '../../engine/interpreter/document/model.ts';
import type { Effect } from '../../engine/interpreter/effects.ts';
import type {
  ExecutionStatus,
  StartOptions,
  StepInput,
  StepOutcome,
} from '../../engine/interpreter/execution.ts';
import { parseDocument } from '../../engine/interpreter/load/load.ts';
import type { Json } from '../../engine/ports/json.ts';

/** The data of a scripted session between steps. JSON, so that a snapshot can hold them. */
export type ScriptState = { [name: string]: Json };

export interface ScriptStep {
  readonly sessionId: string;
  readonly params: NonNullable<StartOptions['params']>;
  readonly parent: StartOptions['parent'] | undefined;
  /** To be changed in place. */
  readonly state: ScriptState;
  readonly input: StepInput;
  readonly now: number;
  /** Emits an effect; the same number of calls gives the same keys again. */
  emit(effect: Effect): void;
  /** A key that is new in this session. */
  key(): string;
}

export interface ScriptOutcome {
  readonly status?: ExecutionStatus;
  readonly more?: boolean;
  readonly donedata?: Json;
  readonly reason?: string;
}

/** The behaviour of a document's session in a step. The fake engine calls it and interprets nothing. */
export type Script = (step: ScriptStep) => ScriptOutcome | undefined;

export interface ScriptedEngine extends HostEngine {
  /** Ids of sessions restored from snapshots, in order. */
  readonly restored: string[];
  /** Names of documents compiled, in order. */
  readonly compiled: string[];
}

/** An engine whose sessions run scripts, chosen by the document's name. */
export function createScriptedEngine(scripts: { readonly [documentName: string]: Script }): ScriptedEngine {
  const restored: string[] = [];
  const compiled: string[] = [];
  return {
    restored,
    compiled,
    async loadProgram({ text, baseUrl, fetchText }) {
      const document = await parseDocument(text, { baseUrl, fetchText, warnOfCode: false });
      compiled.push(document.name);
      return { document };
    },
    startExecution: (program, { sessionId, params = {}, parent }) =>
      createExecution(scriptOf(scripts, program), {
        sessionId,
        params,
        parent,
        status: 'running',
        state: {},
        counter: 0,
      }),
    restoreExecution(program, { text }) {
      const memory = JSON.parse(text) as Memory;
      restored.push(memory.sessionId);
      return createExecution(scriptOf(scripts, program), memory);
    },
  };
}

interface Memory {
  sessionId: string;
  params: NonNullable<StartOptions['params']>;
  parent: StartOptions['parent'] | undefined;
  status: ExecutionStatus;
  state: ScriptState;
  counter: number;
}

function scriptOf(scripts: { readonly [name: string]: Script }, program: HostedProgram): Script {
  const { name } = program.document as Document;
  const script = scripts[name];
  if (script === undefined) throw new Error(`No script for document '${name}'.`);
  return script;
}

function createExecution(script: Script, memory: Memory): HostedExecution {
  return {
    get configuration() {
      return [String(memory.state.at ?? 'initial')];
    },
    inspect: () => Promise.reject(new Error('A scripted execution has no document.')),
    async step(input, { now }): Promise<StepOutcome> {
      const effects: Effect[] = [];
      const { sessionId, params, parent, state } = memory;
      const key = (): string => {
        memory.counter++;
        return `e${memory.counter}`;
      };
      const emit = (effect: Effect): void => {
        effects.push(effect);
      };
      const outcome = script({ sessionId, params, parent, state, input, now, emit, key }) ?? {};
      const ended = input.kind === 'terminate' ? { status: 'terminated' as const, reason: input.reason } : {};
      const status = outcome.status ?? ended.status ?? 'running';
      memory.status = status;
      return { more: false, ...ended, ...outcome, status, effects };
    },
    snapshotText: () => JSON.stringify(memory),
    data: async () => structuredClone(memory.state),
  };
}
