import { asGiven, codedError } from '../../ports/index.ts';

const MESSAGES = {
  CELL_DATABASE_UNREACHABLE: asGiven,
  CELL_DATABASE_REFUSED: asGiven,
  CELL_SETTINGS_UNSAFE: asGiven,
  CELL_SCHEMA_VERSION: asGiven,
  CELL_NAME_INVALID: asGiven,
  CELL_NODE_NAME_TAKEN: asGiven,
  CELL_MADE_ANEW: asGiven,
  CELL_NOT_EMPTY: asGiven,
  CELL_IN_USE: asGiven,
  CELL_ROW_MISSING: asGiven,
  CELL_LOST: (cell: string) =>
    `This node no longer has the cell '${cell}'; the change may not have been made.`,
  CELL_CLOSED: (cell: string) => `The cell '${cell}' is closed.`,
};

type CellErrorCode = keyof typeof MESSAGES;

declare module '../../ports/codedError.ts' {
  interface ErrorCodes extends Record<CellErrorCode, true> {}
}

/** A cell cannot be opened, or is no longer this node's. The message says what to do. */
export class CellError extends codedError('CellError', MESSAGES) {}
