/** Virtual interactions expire after this time; far longer than the time to live of any queue. */
export const MAX_CALL_AGE_MS = 30 * 86_400_000;

/** Time for which a routed call can still be read, or made to wait again. */
export const ROUTED_KEPT_MS = 86_400_000;
