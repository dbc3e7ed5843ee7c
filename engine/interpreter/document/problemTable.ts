/**
 * Every code that a load can report, with its weight: 'error' refuses the document, 'warning' does not.
 * 'strict' is an error in w3c and a warning in ors, because ORS accepts more documents than the
 * Recommendation.
 */
export const PROBLEM_TABLE = {
  // Files
  FILE_UNREADABLE: 'error',
  DOCUMENT_TOO_LARGE: 'error',
  PROBLEMS_CUT: 'warning',
  // XML
  XML_MALFORMED: 'error',
  XML_DOCTYPE: 'error',
  XML_TOO_DEEP: 'error',
  XML_TOO_MANY_ELEMENTS: 'error',
  // XInclude
  INCLUDE_ATTRIBUTE: 'error',
  INCLUDE_FAILED: 'error',
  INCLUDE_CYCLE: 'error',
  INCLUDE_TOO_DEEP: 'error',
  INCLUDE_TOO_MANY: 'error',
  INCLUDE_MISPLACED: 'error',
  XPOINTER_UNSUPPORTED: 'error',
  XPOINTER_NOT_FOUND: 'error',
  // Files that elements name
  SCRIPT_UNREADABLE: 'error',
  DATA_UNREADABLE: 'warning',
  // Root
  ROOT_UNEXPECTED: 'error',
  NAMESPACE_MISSING: 'strict',
  VERSION_UNSUPPORTED: 'warning',
  DATAMODEL_UNSUPPORTED: 'error',
  PROFILE_UNSUPPORTED: 'error',
  // Elements
  ELEMENT_UNKNOWN: 'strict',
  ELEMENT_MISPLACED: 'error',
  ELEMENT_REPEATED: 'error',
  ELEMENT_IGNORED: 'warning',
  TEXT_IGNORED: 'warning',
  // Attributes
  ATTRIBUTE_UNKNOWN: 'warning',
  ATTRIBUTE_MISSING: 'error',
  ATTRIBUTE_CONFLICT: 'error',
  ATTRIBUTE_VALUE: 'error',
  ATTRIBUTE_EMPTY: 'strict',
  EXPRESSION_EMPTY: 'warning',
  TEXT_NOT_JSON: 'warning',
  // States and ids
  STATES_MISSING: 'error',
  STATES_TOO_MANY: 'error',
  ID_INVALID: 'error',
  ID_DUPLICATE: 'error',
  INITIAL_ON_ATOMIC: 'error',
  INITIAL_NOT_DESCENDANT: 'error',
  HISTORY_MISPLACED: 'error',
  HISTORY_TARGET: 'error',
  TRANSITION_EMPTY: 'error',
  DATA_ID_INVALID: 'error',
  DATA_ID_RESERVED: 'warning',
  DATA_ID_DUPLICATE: 'strict',
  INVOKE_ID_DUPLICATE: 'warning',
  // Content
  SEND_WITHOUT_EVENT: 'strict',
  ELSE_ORDER: 'error',
  FINALIZE_CONTENT: 'strict',
  NULL_DATAMODEL: 'warning',
  NULL_DATAMODEL_DATA: 'error',
  // References between parts
  TARGET_UNKNOWN: 'error',
  TARGETS_CONFLICT: 'error',
  STATE_UNREACHABLE: 'warning',
  TRANSITION_SHADOWED: 'warning',
  TRANSITION_IMPOSSIBLE: 'warning',
  EVENT_UNSENT: 'warning',
  // Values as written
  DELAY_INVALID: 'warning',
  TYPE_UNKNOWN: 'warning',
  SEND_TARGET: 'warning',
  INVOKE_EMPTY: 'warning',
  INVOKED_DOCUMENT: 'warning',
  CANCEL_UNKNOWN: 'warning',
  IN_UNKNOWN: 'warning',
  CONDITION_ASSIGNS: 'warning',
  EVENT_IMPOSSIBLE: 'warning',
  // Genesys modules
  MODULE_UNSUPPORTED: 'warning',
  // Code
  EXPRESSION_INVALID: 'warning',
  DATA_UNDECLARED: 'warning',
  DATA_UNSTORED: 'warning',
} as const satisfies Record<string, 'error' | 'warning' | 'strict'>;

export type ProblemCode = keyof typeof PROBLEM_TABLE;
