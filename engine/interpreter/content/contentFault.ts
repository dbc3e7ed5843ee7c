import type { Json } from '../../ports/index.ts';
import { DatamodelFault } from '../datamodel/fault.ts';
import type { Dialect, SourceLocation } from '../document/model.ts';

/**
 * A fault of executable content that is not one of the data model: it ends the block and becomes an event.
 * `w3c` and `ors` are the event's name in each dialect (W3C 5.10.2; ors-dialect 2.6).
 */
export class ContentFault extends Error {
  readonly w3c: string;
  readonly ors: string;
  readonly sendid: string | undefined;
  /** What could not be reached. */
  readonly target: string | undefined;

  constructor(names: { w3c: string; ors: string; sendid?: string; target?: string }, message: string) {
    super(message);
    this.name = 'ContentFault';
    this.w3c = names.w3c;
    this.ors = names.ors;
    this.sendid = names.sendid;
    this.target = names.target;
  }
}

/** What the fault happened in: the event it becomes says so. */
export interface FaultPlace {
  readonly element: string;
  readonly at: SourceLocation;
  /** What kind of expression was evaluated, for the ORS event names. */
  readonly use: 'condition' | 'location' | 'value' | 'script';
}

const ORS_NAMES: { readonly [use in FaultPlace['use'] | 'data']: string } = {
  condition: 'error.illegalcond',
  location: 'error.illegalloc',
  value: 'error.illegalvalue',
  script: 'error.script',
  data: 'error.illegaldata',
};

/**
 * Name, data and sendid of the error event. Data as in ORS (ors-dialect 2.6): document, element, linenumber, and
 * target where one could not be reached; plus column and description.
 */
export function faultEvent(
  dialect: Dialect,
  fault: unknown,
  place: FaultPlace,
): { name: string; data: Json; sendid?: string } {
  const data = {
    ...placeData(place),
    column: place.at.column,
    description: fault instanceof Error ? fault.message : String(fault),
    ...(fault instanceof DatamodelFault && fault.limit && { limit: fault.limit }),
    ...(fault instanceof ContentFault && fault.target !== undefined && { target: fault.target }),
  };
  if (fault instanceof ContentFault) {
    const name = dialect === 'ors' ? fault.ors : fault.w3c;
    return { name, data, ...(fault.sendid !== undefined && { sendid: fault.sendid }) };
  }
  if (fault instanceof DatamodelFault) {
    const use = place.element === 'data' ? 'data' : fault.kind === 'location' ? 'location' : place.use;
    return { name: dialect === 'ors' ? ORS_NAMES[use] : 'error.execution', data };
  }
  throw fault;
}

/** Where a fault happened, as ORS events say it. */
export function placeData({ element, at }: Pick<FaultPlace, 'element' | 'at'>): {
  document: string;
  element: string;
  linenumber: number;
} {
  return { document: at.file, element, linenumber: at.line };
}
