import { defined, type Json } from '../../ports/index.ts';
import { ConfigurationTable } from '../algorithm/configurationTable.ts';
import { type ExecutionState, newState } from '../algorithm/executionState.ts';
import { takeStep } from '../algorithm/interpreter.ts';
import type { Program } from '../algorithm/program.ts';
import { basicHttpPath } from '../content/basicHttp.ts';
import { BASIC_HTTP_PROCESSOR, SCXML_PROCESSOR } from '../content/send.ts';
import type { DataSession } from '../datamodel/datamodel.ts';
import { compileDatamodel } from '../datamodel/ecmascript.ts';
import type { Document } from '../document/model.ts';
import type {
  Execution,
  ExecutionSnapshot,
  ExecutionStatus,
  Limits,
  StartOptions,
  StepInput,
  StepOptions,
  StepOutcome,
} from '../execution.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { genesysObject } from '../ors/genesys.ts';
import { installationText } from '../ors/installation.ts';
import { readSnapshot, snapshotText, writeSnapshot } from '../snapshot/snapshot.ts';

/** A program depends on nothing but its document, and lives as long as the document. */
const programs = new WeakMap<Document, Program>();

/** Compiles the code of a document, once. One Program serves any number of sessions. */
export function compileProgram(document: Document): Program {
  const known = programs.get(document);
  if (known) return known;
  const program: Program = {
    document,
    datamodel: compileDatamodel(document),
    table: new ConfigurationTable(document),
  };
  programs.set(document, program);
  return program;
}

/** A new session, before its first step ({ kind: 'start' }). */
export function startExecution(program: Program, options: StartOptions): Execution {
  const { document, table } = program;
  const state = newState(options, table.empty(), limitsOf(options.limits));
  return new SessionExecution({
    document,
    table,
    state,
    data: openData(program, state),
    params: options.params,
  });
}

/** The session of a snapshot. It continues exactly as the session that wrote the snapshot would. */
export function restoreExecution(
  program: Program,
  snapshot: ExecutionSnapshot,
  options: { readonly limits?: Partial<Limits> } = {},
): Execution {
  const { document, table } = program;
  const { state, data } = readSnapshot(table, snapshot, limitsOf(options.limits));
  const opened = openData(program, state, data);
  if (opened.usesConfiguration) opened.setConfiguration(state.configuration.ids);
  return new SessionExecution({ document, table, state, data: opened, params: undefined });
}

function limitsOf(limits: Partial<Limits> | undefined): Limits {
  return limits ? { ...DEFAULT_LIMITS, ...limits } : DEFAULT_LIMITS;
}

function openData(program: Program, state: ExecutionState, snapshot?: string): DataSession {
  const isOrs = program.document.dialect === 'ors';
  return program.datamodel.open({
    sessionId: state.sessionId,
    ioProcessors: ioProcessors(state),
    ...defined({
      genesys: isOrs ? genesysObject(state) : undefined,
      installation: program.installation && installationText(program.installation),
      snapshot,
    }),
  });
}

/** Value of `_ioprocessors` (W3C C.1, C.2). */
function ioProcessors(state: ExecutionState): Json {
  const location = `#_scxml_${state.sessionId}`;
  const processors = { [SCXML_PROCESSOR]: { location }, scxml: { location } };
  if (state.baseUrl === '') return processors;
  const http = state.baseUrl + basicHttpPath(state.sessionId);
  return { ...processors, [BASIC_HTTP_PROCESSOR]: { location: http }, basichttp: { location: http } };
}

/** The state and the data of one session, with its document. */
interface SessionParts {
  readonly document: Document;
  readonly table: ConfigurationTable;
  readonly state: ExecutionState;
  readonly data: DataSession;
  /** Start parameters, until the first step. */
  params: StartOptions['params'];
}

class SessionExecution implements Execution {
  readonly #parts: SessionParts;
  #isStepping = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get sessionId(): string {
    return this.#parts.state.sessionId;
  }

  get status(): ExecutionStatus {
    return this.#parts.state.status;
  }

  get configuration(): readonly string[] {
    return this.#parts.state.configuration.ids;
  }

  step(input: StepInput, options: StepOptions): StepOutcome {
    if (this.#isStepping) {
      throw new Error(`Expected the step of session ${this.sessionId} to end before its next.`);
    }
    this.#isStepping = true;
    try {
      return takeStep(this.#parts, input, options);
    } finally {
      this.#isStepping = false;
      this.#parts.params = undefined;
    }
  }

  data(): Json {
    return this.#parts.data.dump();
  }

  snapshot(): ExecutionSnapshot {
    const { document, state, data } = this.#parts;
    return writeSnapshot(document, state, data.snapshot());
  }

  snapshotText(): string {
    return snapshotText(this.snapshot());
  }
}
