import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { WIRE_ERRORS } from '../server/errors/wireErrors.ts';
import { markdownTable } from './markdownTable.ts';

/** docs/reference/errors.md, generated from server/errors. `npm run docs:errors` writes it. */
export const ERROR_REFERENCE = resolve(import.meta.dirname, '../docs/reference/errors.md');

const HEAD = `# Errors

<!-- Generated from server/errors by \`npm run docs:errors\`. Do not edit. -->

Every error is a JSON object \`{"message", "exception", "code"}\`; some have further fields. A client may decide on
\`code\`, which is stable. \`exception\` is the class name that the platform documents, if it documents one. \`message\` is
for people: it says what was expected and what came, and names the limit that was passed.

- \`METHOD_NOT_ALLOWED\` comes with the header \`Allow\`.
- A session may choose the status of \`NEGATIVE_RESPONSE\` by the \`resultcode\` of its \`<ws:response>\`.
- The chat of a service whose agent has not been announced answers 503 with an empty body, as GMS does.
- Bayeux (\`/genesys/cometd\`) reports errors in its own replies: \`"error": "code:args:text"\`.
`;

/** The text of the page. */
export function errorReference(): string {
  const rows = Object.entries(WIRE_ERRORS).map(([code, { status, exception, message }]) => [
    `\`${code}\``,
    String(status),
    `\`${exception}\``,
    message,
  ]);
  return `${HEAD}\n${markdownTable(['code', 'status', 'exception', 'when'], rows)}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(ERROR_REFERENCE, errorReference());
