/** The attributes that an element of SCXML takes (W3C SCXML 3 to 6; for ORS ors-dialect 2.2). */
export interface ElementRule {
  readonly attributes: readonly string[];
  /** More attributes in ORS. Attributes that begin with '_' are always accepted. */
  readonly ors?: readonly string[];
  readonly required?: readonly string[];
  /** Pairs of attributes that exclude each other. */
  readonly exclusive?: readonly (readonly [string, string])[];
}

const TABLE: Readonly<Record<string, ElementRule>> = {
  // `profile` is the name that drafts of SCXML had for `datamodel`.
  scxml: { attributes: ['initial', 'name', 'version', 'datamodel', 'binding', 'profile'], ors: ['exmode'] },
  state: { attributes: ['id', 'initial'] },
  parallel: { attributes: ['id'] },
  final: { attributes: ['id'] },
  history: { attributes: ['id', 'type'] },
  initial: { attributes: [], ors: ['id'] },
  transition: { attributes: ['event', 'cond', 'target', 'type'] },
  onentry: { attributes: [] },
  onexit: { attributes: [] },
  datamodel: { attributes: [], ors: ['schema'] },
  data: { attributes: ['id', 'src', 'expr'], required: ['id'], exclusive: [['src', 'expr']] },
  donedata: { attributes: [] },
  content: { attributes: ['expr'], ors: ['_expr'], exclusive: [['expr', '_expr']] },
  param: { attributes: ['name', 'expr', 'location'], required: ['name'], exclusive: [['expr', 'location']] },
  script: { attributes: ['src'], ors: ['type'] },
  raise: { attributes: ['event'], required: ['event'] },
  if: { attributes: ['cond'], required: ['cond'] },
  elseif: { attributes: ['cond'], required: ['cond'] },
  else: { attributes: [] },
  foreach: { attributes: ['array', 'item', 'index'], required: ['array', 'item'] },
  log: { attributes: ['label', 'expr'], ors: ['level'] },
  assign: { attributes: ['location', 'expr'], required: ['location'] },
  send: {
    attributes: [
      'event',
      'eventexpr',
      'target',
      'targetexpr',
      'type',
      'typeexpr',
      'id',
      'idlocation',
      'delay',
      'delayexpr',
      'namelist',
    ],
    ors: ['targettype', 'hints', 'timeout'],
    exclusive: [
      ['event', 'eventexpr'],
      ['target', 'targetexpr'],
      ['type', 'typeexpr'],
      ['type', 'targettype'],
      ['id', 'idlocation'],
      ['delay', 'delayexpr'],
    ],
  },
  cancel: {
    attributes: ['sendid', 'sendidexpr'],
    ors: ['id'],
    exclusive: [
      ['sendid', 'sendidexpr'],
      ['sendid', 'id'],
      ['id', 'sendidexpr'],
    ],
  },
  invoke: {
    attributes: ['type', 'typeexpr', 'src', 'srcexpr', 'id', 'idlocation', 'namelist', 'autoforward'],
    ors: ['targettype', 'hints'],
    exclusive: [
      ['type', 'typeexpr'],
      ['type', 'targettype'],
      ['src', 'srcexpr'],
      ['id', 'idlocation'],
    ],
  },
  finalize: { attributes: [] },
};

/** Older ORS spelling of <raise>: `<event name="...">` (ors-dialect 2.2). */
const ORS_TABLE: Readonly<Record<string, ElementRule>> = {
  event: { attributes: ['name'], required: ['name'] },
};

const RULES: ReadonlyMap<string, ElementRule> = new Map(Object.entries(TABLE));
const ORS_RULES: ReadonlyMap<string, ElementRule> = new Map(Object.entries({ ...TABLE, ...ORS_TABLE }));

/** Undefined when the dialect has no such element. */
export function ruleOf(element: string, dialect: 'w3c' | 'ors'): ElementRule | undefined {
  return (dialect === 'ors' ? ORS_RULES : RULES).get(element);
}

/** The names of all elements of the dialect. */
export function elementNames(dialect: 'w3c' | 'ors'): Iterable<string> {
  return (dialect === 'ors' ? ORS_RULES : RULES).keys();
}
