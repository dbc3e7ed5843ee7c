/**
 * Named limits of engine children. Both sides keep them: a child that breaks one is treated as hostile and
 * killed.
 */

/**
 * Characters of one answer: outcome, snapshot and data of one step. A step with a longer answer is undone.
 */
export const MAX_ANSWER_CHARS = 4_194_304;
/** Bytes of one frame from a child: a program, or the longest answer with its snapshot escaped, in UTF-8. */
export const MAX_FRAME_BYTES_FROM_CHILD = 67_108_864;
/** Characters of the JSON in a frame from a child, without the text that follows it. */
export const MAX_JSON_CHARS_FROM_CHILD = 16_777_216;
/** Bytes of the program that a document makes. */
export const MAX_PROGRAM_BYTES = 50_331_648;
/** Bytes of one frame to a child: the files of a document, or a session to be restored with its event. */
export const MAX_FRAME_BYTES_TO_CHILD = 67_108_864;
/** Effects of one step. */
export const MAX_EFFECTS = 20_000;
/** Characters of a key or id in an effect. */
export const MAX_KEY_CHARS = 4_096;
/** Characters of a child's message about a fault; the child cuts off the rest. */
export const MAX_FAULT_CHARS = 2_000;

/** Requests that one child has and did not answer. Few, because all of them are repeated when it ends. */
export const MAX_IN_FLIGHT = 64;
/**
 * Sessions that one child holds. The least recently used ones are restored from their snapshots when needed
 * again.
 */
export const MAX_OPEN_EXECUTIONS = 2_000;
/** Compiled documents that one child holds. */
export const MAX_CHILD_PROGRAMS = 100;
/** Documents that a spare child compiles in advance: those compiled last. */
export const MAX_PREPARED_PROGRAMS = 32;

/** ms between two checks of a child that has something to answer. */
export const WATCH_INTERVAL_MS = 25;
/** Loads that wait for one loader. More are refused. */
export const MAX_WAITING_LOADS = 1_000;
/** Characters of all files of a document for the first loader. The other one reads larger documents. */
export const SMALL_LOAD_CHARS = 65_536;
/** Bytes of all files of a document. */
export const MAX_LOAD_BYTES = 50_331_648;
/** Files of a document. */
export const MAX_LOAD_FILES = 2_000;
/** Times that a loader asks for more files: files include others. */
export const MAX_LOAD_ROUNDS = 32;
/** Reading and checking a document may take this many times the deadline of a step. */
export const LOAD_FACTOR = 10;
/** The same for a document on which sessions run: it was loaded before. */
export const STORED_LOAD_FACTOR = 40;
/** Compiling a document may take this many times the deadline of a step. */
export const COMPILE_FACTOR = 4;
/** A child that got too little processor time is given this many times the deadline. */
export const STARVED_FACTOR = 10;
/** ms until a new child must be ready. */
export const START_DEADLINE_MS = 15_000;
/** Children in a row that did not become ready before requests are refused for START_PAUSE_MS. */
export const MAX_START_FAILURES = 5;
export const START_PAUSE_MS = 1_000;
