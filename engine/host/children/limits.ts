/** Named limits of engine children. Both sides keep them: a child that breaks one is taken for hostile and killed. */

/** Characters of one answer of a child: outcome, snapshot and data of one step. A step that gives more is undone. */
export const MAX_ANSWER_CHARS = 4_194_304;
/** Bytes of one frame from a child: one answer of that size, in UTF-8, behind others that did not fill a frame. */
export const MAX_FRAME_BYTES_FROM_CHILD = 16_777_216;
/** Bytes of one frame to a child: a document, or a session to open with its event. */
export const MAX_FRAME_BYTES_TO_CHILD = 67_108_864;
/** Characters after which a frame is closed and the next one begun. */
export const FRAME_TARGET_CHARS = 262_144;
/** Effects of one step. */
export const MAX_EFFECTS = 20_000;
/** Characters of a key or id in an effect. */
export const MAX_KEY_CHARS = 4_096;
/** Characters of a child's message about a fault; the rest is cut off. */
export const MAX_FAULT_CHARS = 2_000;

/**
 * Where many calls come in one turn, so many leave for a child together, and so do its answers: parent and child work at
 * some while the other one makes the next, and neither is woken for each.
 */
export const CALLS_AT_ONCE = 8;
/** Calls sent to one child and not answered. Few, so that few are under suspicion when it dies. */
export const MAX_IN_FLIGHT = 64;
/** Sessions held open in one child; those used longest ago are opened again from their snapshots. */
export const MAX_OPEN_EXECUTIONS = 2_000;
/** Compiled documents held in one child. */
export const MAX_CHILD_PROGRAMS = 100;
/** Documents that a spare child compiles ahead: those compiled last. */
export const MAX_PREPARED_PROGRAMS = 32;

/** ms between two looks at a child that has something to answer. */
export const WATCH_INTERVAL_MS = 25;
/** Compiling a document may take so many times the deadline of a step. */
export const COMPILE_FACTOR = 4;
/** A child that had no processor of its own to hang on is given so many times the deadline. */
export const STARVED_FACTOR = 10;
/** ms within which a new child has to be ready. */
export const START_DEADLINE_MS = 15_000;
/** Children in a row that did not get ready before calls are refused for START_PAUSE_MS. */
export const MAX_START_FAILURES = 5;
export const START_PAUSE_MS = 1_000;
