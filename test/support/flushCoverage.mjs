/**
 * For `npm run coverage`: mocha ends the processes of parallel jobs with SIGTERM, which would lose what V8
 * has counted. It is written when a process exits by itself.
 */
process.once('SIGTERM', () => process.exit());
