import type { Datamodel, DataSession } from '../datamodel/datamodel.ts';
import type { Document } from '../document/model.ts';
import type { StartOptions, StepInput, StepOptions, StepOutcome } from '../execution.ts';
import type { ConfigurationTable } from './configurationTable.ts';
import type { ExecutionState } from './executionState.ts';

/** A document ready to run: its model and its compiled code. */
export interface Program {
  readonly document: Document;
  readonly datamodel: Datamodel;
  readonly table: ConfigurationTable;
  readonly interpreter: StepPerformer;
}

/** What steps a session: the interpreter of the document. */
export interface StepPerformer {
  step(session: SteppedSession, input: StepInput, options: StepOptions): StepOutcome;
}

export interface SteppedSession {
  readonly state: ExecutionState;
  readonly dataSession: DataSession;
  /** Start parameters, for the first step. */
  readonly params: StartOptions['params'];
}
