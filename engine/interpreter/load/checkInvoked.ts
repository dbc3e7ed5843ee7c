import type { FetchText } from '../../ports/index.ts';
import type { Draft, InlineDocument } from '../document/draft.ts';
import { DocumentError } from '../document/errors.ts';
import type { Document, Invoke, Problem } from '../document/model.ts';
import { SCXML_INVOKE_TYPES } from '../document/namespaces.ts';
import { Problems } from '../document/problems.ts';
import { messageOf } from '../document/sources.ts';

export interface InvokedChecks {
  /** URL of the document that invokes. */
  readonly url: URL;
  readonly fetchText: FetchText;
  /** Loads a text without checks of its own invokes, so that documents may invoke each other. */
  readonly parse: (text: string, url: URL) => Promise<Document>;
  /** Checks an <scxml> in <content>, and reports to `found`. */
  readonly checkInline: (inline: InlineDocument, found: Problems) => Draft;
}

/** Warns of documents in <content> and in a literal <invoke src> that cannot be read, or have problems. */
export async function checkInvoked(draft: Draft, checks: InvokedChecks): Promise<void> {
  for (const invoke of draft.invokes) {
    const { type } = invoke;
    // Another type has its own warning.
    if (type !== undefined && 'literal' in type && !SCXML_INVOKE_TYPES.has(type.literal)) continue;
    const inline = draft.inlineDocuments.get(invoke.index);
    if (inline !== undefined) {
      await reportInline(draft, inline, checks);
      continue;
    }
    for (const message of await messagesOf(invoke, checks)) {
      draft.report('INVOKED_DOCUMENT', invoke.at, message);
    }
  }
}

async function reportInline(draft: Draft, inline: InlineDocument, checks: InvokedChecks): Promise<void> {
  const found = new Problems(checks.url.href);
  await checkInvoked(checks.checkInline(inline, found), checks);
  for (const { code, message, file, line, column } of found.list()) {
    draft.report(
      'INVOKED_DOCUMENT',
      { file, line, column },
      code === 'INVOKED_DOCUMENT' ? message : `In the <scxml> of <content>: ${code}: ${message}`,
    );
  }
}

async function messagesOf(
  { content, src }: Invoke,
  { url, fetchText, parse }: InvokedChecks,
): Promise<readonly string[]> {
  const inline = content?.text?.trim().startsWith('<') ? content.text : undefined;
  if (inline !== undefined) {
    const problems = await problemsOf(() => parse(inline, url));
    return problems.map(({ code, message }) => `In the document of <content>: ${code}: ${message}`);
  }
  const written = src !== undefined && 'literal' in src ? src.literal : undefined;
  if (written === undefined || !URL.canParse(written, url.href)) return [];
  const target = new URL(written, url);
  const folder = new URL('.', url).href;
  const name = target.href.startsWith(folder) ? target.href.slice(folder.length) : target.href;
  // Another scheme or host is not read for a check.
  if (target.protocol !== url.protocol || target.host !== url.host) return [];
  let text: string;
  try {
    text = await fetchText(target);
  } catch (fault) {
    return [`Expected a document at '${name}', got: ${messageOf(fault)}`];
  }
  const [first, ...others] = (await problemsOf(() => parse(text, target))).filter(
    ({ severity }) => severity === 'error',
  );
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return [
    `Expected a document that loads at '${name}', got ${first.line}:${first.column}: ${first.message}${more}`,
  ];
}

async function problemsOf(load: () => Promise<Document>): Promise<readonly Problem[]> {
  try {
    return (await load()).warnings;
  } catch (fault) {
    if (fault instanceof DocumentError) return fault.problems;
    throw fault;
  }
}
