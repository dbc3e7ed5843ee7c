import { z } from 'zod';
import { DEBUG_LIMITS } from '../../debug/index.ts';

const positive = z.number().int().positive();

/** The section `debug`: debuggers of sessions of this server. They read the data of customers. */
export const debugSchema = z
  .strictObject({
    /** False: the routes of debuggers refuse every request. */
    enabled: z.boolean().default(false),
    /** Sessions that are debugged, or waited for, at the same time. */
    sessions: positive.default(DEBUG_LIMITS.sessions),
    breakpointsOfSession: positive.default(DEBUG_LIMITS.breakpointsOfSession),
    /** Seconds without an event stream or a request, after which the session goes on without the debugger. */
    lostSeconds: positive.default(DEBUG_LIMITS.lostSeconds),
    /** Seconds for which a session may be stopped; then it goes on without its debugger. */
    maxPauseSeconds: positive.default(DEBUG_LIMITS.maxPauseSeconds),
    /** Event streams of sessions that are watched, at the same time. */
    watchers: positive.default(DEBUG_LIMITS.watchers),
  })
  .prefault({});
