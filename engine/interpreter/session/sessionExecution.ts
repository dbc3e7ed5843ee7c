import type { Json } from '../../ports/index.ts';
import { ConfigurationTable } from '../algorithm/configurationTable.ts';
import { type ExecutionState, newState } from '../algorithm/executionState.ts';
import { Interpreter } from '../algorithm/interpreter.ts';
import type { Program, SteppedSession } from '../algorithm/program.ts';
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
import { readSnapshot, writeSnapshot, writeSnapshotText } from '../snapshot/snapshot.ts';

/** Programs by their documents: a program follows from its document alone, and lives as long as it. */
const programs = new WeakMap<Document, Program>();

/** Compiles the code of a document, once; a Program serves any number of sessions. */
export function compileProgram(document: Document): Program {
  const known = programs.get(document);
  if (known) return known;
  const table = new ConfigurationTable(document);
  const datamodel = compileDatamodel(document);
  const program: Program = { document, datamodel, table, interpreter: new Interpreter(table) };
  programs.set(document, program);
  return program;
}

/** A new session, before its first step ({ kind: 'start' }). */
export function startExecution(program: Program, options: StartOptions): Execution {
  const state = newState(options, program.table.empty(), limitsOf(options.limits));
  return new SessionExecution(program, state, openData(program, state, undefined), options.params);
}

/** A session as its snapshot says, going on exactly as the one that wrote it would. */
export function restoreExecution(
  program: Program,
  snapshot: ExecutionSnapshot,
  options: { readonly limits?: Partial<Limits> } = {},
): Execution {
  const { state, data } = readSnapshot(program.table, snapshot, limitsOf(options.limits));
  const opened = openData(program, state, data);
  if (opened.usesConfiguration) opened.setConfiguration(state.node.ids);
  return new SessionExecution(program, state, opened, undefined);
}

function limitsOf(limits: Partial<Limits> | undefined): Limits {
  return limits ? { ...DEFAULT_LIMITS, ...limits } : DEFAULT_LIMITS;
}

function openData(program: Program, state: ExecutionState, snapshot: string | undefined): DataSession {
  return program.datamodel.open({
    sessionId: state.sessionId,
    ioProcessors: ioProcessors(state),
    ...(program.document.dialect === 'ors' && { genesys: genesysObject(state) }),
    ...(snapshot !== undefined && { snapshot }),
  });
}

/** Value of `_ioprocessors` (W3C C.1, C.2). */
function ioProcessors(state: ExecutionState): Json {
  const location = `#_scxml_${state.sessionId}`;
  const http = state.baseUrl === '' ? undefined : state.baseUrl + basicHttpPath(state.sessionId);
  return {
    [SCXML_PROCESSOR]: { location },
    scxml: { location },
    ...(http !== undefined && { [BASIC_HTTP_PROCESSOR]: { location: http }, basichttp: { location: http } }),
  };
}

/** One session in memory: its state, its data, and the program that steps it. */
class SessionExecution implements Execution, SteppedSession {
  readonly state: ExecutionState;
  readonly dataSession: DataSession;
  /** Start parameters, until the first step has used them. */
  params: StartOptions['params'];
  readonly #program: Program;

  constructor(program: Program, state: ExecutionState, data: DataSession, params: StartOptions['params']) {
    this.#program = program;
    this.state = state;
    this.dataSession = data;
    this.params = params;
  }

  get sessionId(): string {
    return this.state.sessionId;
  }

  get status(): ExecutionStatus {
    return this.state.status;
  }

  get configuration(): readonly string[] {
    return this.state.node.ids;
  }

  step(input: StepInput, options: StepOptions): StepOutcome {
    const outcome = this.#program.interpreter.step(this, input, options);
    this.params = undefined;
    return outcome;
  }

  data(): Json {
    return this.dataSession.dump();
  }

  snapshot(): ExecutionSnapshot {
    return writeSnapshot(this.#program.document, this.state, this.dataSession.snapshot());
  }

  snapshotText(): string {
    return writeSnapshotText(this.#program.document, this.state, this.dataSession.snapshot());
  }
}
