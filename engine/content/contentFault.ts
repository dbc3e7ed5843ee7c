import { DatamodelFault } from '../datamodel/fault.ts';
import type { Dialect, SourceLocation } from '../document/model.ts';
import type { Json } from '../event.ts';

/**
 * A fault of executable content that is not one of the data model: it ends the block and becomes an event.
 * `w3c` and `ors` are the event's name in each dialect (W3C 5.10.2; genesys-facts 2.6).
 */
export class ContentFault extends Error {
  readonly w3c: string;
  readonly ors: string;
  readonly sendid: string | undefined;

  constructor(names: { w3c: string; ors: string; sendid?: string }, message: string) {
    super(message);
    this.name = 'ContentFault';
    this.w3c = names.w3c;
    this.ors = names.ors;
    this.sendid = names.sendid;
  }
}

/** What the fault happened in: the event it becomes says so. */
export interface FaultPlace {
  readonly element: string;
  readonly at: SourceLocation;
  /** What kind of expression was evaluated, for the ORS event names. */
  readonly use: 'condition' | 'location' | 'value' | 'script';
}

const ORS_NAMES: { readonly [use in FaultPlace['use']]: string } = {
  condition: 'error.illegalcond',
  location: 'error.illegalloc',
  value: 'error.illegalvalue',
  script: 'error.script',
};

/** Name, data and sendid of the error event. Data as in ORS: document, element, linenumber; plus column and description. */
export function faultEvent(
  dialect: Dialect,
  fault: unknown,
  place: FaultPlace,
): { name: string; data: Json; sendid?: string } {
  const data = {
    document: place.at.file,
    element: place.element,
    linenumber: place.at.line,
    column: place.at.column,
    description: fault instanceof Error ? fault.message : String(fault),
    ...(fault instanceof DatamodelFault && fault.limit && { limit: fault.limit }),
  };
  if (fault instanceof ContentFault) {
    const name = dialect === 'ors' ? fault.ors : fault.w3c;
    return { name, data, ...(fault.sendid !== undefined && { sendid: fault.sendid }) };
  }
  if (fault instanceof DatamodelFault) {
    const use = fault.kind === 'location' ? 'location' : place.use;
    return { name: dialect === 'ors' ? ORS_NAMES[use] : 'error.execution', data };
  }
  throw fault;
}
