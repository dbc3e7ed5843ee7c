import { defined, type Json } from '../../ports/index.ts';
import { DatamodelFault } from '../datamodel/fault.ts';
import { CodeLocations } from '../document/codeLocations.ts';
import type { Document, SourceLocation } from '../document/model.ts';
import { faultIndex } from './faultIndex.ts';

/**
 * A fault of executable content outside the data model. It ends the block and becomes an error event. `w3c`
 * and `ors` are the name of the event in each dialect (W3C 5.10.2; ors-dialect 2.6).
 */
export class ContentFault extends Error {
  readonly w3c: string;
  readonly ors: string;
  readonly sendid: string | undefined;
  /** The target that could not be reached. */
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

/** The element of the fault, for its error event. */
export interface FaultLocation {
  readonly element: string;
  readonly at: SourceLocation;
  /** The kind of expression that was evaluated. The ORS event names differ by it. */
  readonly use: 'condition' | 'location' | 'value' | 'script';
}

const ORS_NAMES: { readonly [use in FaultLocation['use'] | 'data']: string } = {
  condition: 'error.illegalcond',
  location: 'error.illegalloc',
  value: 'error.illegalvalue',
  script: 'error.script',
  data: 'error.illegaldata',
};

/**
 * Name, data and sendid of the error event. The data are those of ORS (ors-dialect 2.6): document, element,
 * linenumber, and target if one could not be reached. This platform adds column and description, and in code
 * of several statements `code`: its document, linenumber and column. Throws `fault` if it is not a fault of
 * the document.
 */
export function faultEvent(
  { dialect, ...document }: FaultyDocument,
  fault: unknown,
  location: FaultLocation,
): { name: string; data: Json; sendid?: string } {
  const data = {
    ...locationData(location),
    column: location.at.column,
    description: fault instanceof Error ? fault.message : String(fault),
    ...defined({
      limit: fault instanceof DatamodelFault ? fault.limit : undefined,
      target: fault instanceof ContentFault ? fault.target : undefined,
      code: fault instanceof DatamodelFault ? codeData(fault, document, location.at) : undefined,
    }),
  };
  if (fault instanceof ContentFault) {
    const name = dialect === 'ors' ? fault.ors : fault.w3c;
    return defined({ name, data, sendid: fault.sendid });
  }
  if (fault instanceof DatamodelFault) {
    const use = location.element === 'data' ? 'data' : fault.kind === 'location' ? 'location' : location.use;
    return { name: dialect === 'ors' ? ORS_NAMES[use] : 'error.execution', data };
  }
  throw fault;
}

type FaultyDocument = Pick<Document, 'dialect' | 'expressions' | 'sources'>;

/** The location inside the code; undefined when it is that of the element, or not known. */
function codeData(
  { code, message }: DatamodelFault,
  { expressions, sources }: Pick<Document, 'expressions' | 'sources'>,
  element: SourceLocation,
): Json | undefined {
  if (code === undefined) return undefined;
  const expression = expressions[code.slot]!;
  const index = faultIndex(expression.source, code.index, message);
  // An expression is at the beginning of an attribute of its element.
  if (index === 0 && expression.kind !== 'script') return undefined;
  const { file, line, column } = new CodeLocations(sources).locate(expression, index);
  const isElement = file === element.file && line === element.line && column === element.column;
  return isElement ? undefined : { document: file, linenumber: line, column };
}

/** The location of a fault, in the names of ORS events. */
export function locationData({ element, at }: Pick<FaultLocation, 'element' | 'at'>): {
  document: string;
  element: string;
  linenumber: number;
} {
  return { document: at.file, element, linenumber: at.line };
}
