/** Limits of document code. The DatamodelFault that reports a limit names it. */

/** Characters of one value, text or list of requests that leaves the realm. */
export const MAX_VALUE_CHARS = 4_194_304;
/** Characters of one snapshot. */
export const MAX_SNAPSHOT_CHARS = 16_777_216;
/** Characters of the message of a fault; the rest is cut off. */
export const MAX_FAULT_CHARS = 1_000;
/** Requests (__Log, __Raise, setuData) that code may make between two drains. */
export const MAX_REQUESTS = 10_000;
/** Different values of `_genesys.statistic.sData` that one step may ask for. */
export const MAX_FIGURES_PER_STEP = 100;
/** Characters of the object, and of the statistic, that code may give to it. */
export const MAX_FIGURE_NAME_CHARS = 4_096;
/** Characters of one text given to eval(). */
export const MAX_EVAL_CHARS = 200_000;
/** Compiled eval() texts kept for a document. At the limit all are dropped. */
export const MAX_EVAL_CODES = 256;
/** Gas of code that runs before the first beginStep of a session. */
export const INITIAL_GAS = 1_000_000;
