import { defined, didYouMean, type FetchText } from '../../ports/index.ts';
import { buildDraft, type DraftParts } from '../document/buildDraft.ts';
import type { Draft, DraftState, DraftTransition, InlineDocument } from '../document/draft.ts';
import { DocumentError } from '../document/errors.ts';
import { readExternalFiles } from '../document/external.ts';
import { weaveIncludes } from '../document/include.ts';
import type { Dialect, Document, StateNode, Transition } from '../document/model.ts';
import { SCXML_NAMESPACE } from '../document/namespaces.ts';
import { Problems } from '../document/problems.ts';
import { readTextFile, toDocumentUrl } from '../document/readFile.ts';
import { hashSources, messageOf, Sources } from '../document/sources.ts';
import { resolveTargets } from '../document/targets.ts';
import { ruleOf } from '../document/vocabulary.ts';
import { parseXml } from '../document/xml.ts';
import { attributeValue, locationOf, type XmlElement, XmlFile } from '../document/xmlTree.ts';
import { checkInvoked } from './checkInvoked.ts';
import { guessDialect, readDialect } from './dialect.ts';
import { validate } from './validate.ts';

export interface LoadOptions {
  /** Forces the dialect. Without it, the document tells its dialect. */
  readonly dialect?: Dialect;
  /**
   * False: no warnings of code, which is then not parsed. A server that loads untrusted documents needs
   * false: the parser recurses, and V8 ends the process when it compiles a regular expression with little
   * stack left.
   */
  readonly warnOfCode?: boolean;
  /** True: also warns of documents that it invokes, inline or by a literal relative src. */
  readonly checkInvoked?: boolean;
  /** Reads the document, its includes, scripts and data; by default only `file:` URLs. */
  readonly fetchText?: FetchText;
}

export interface ParseOptions extends LoadOptions {
  /** URL of the text: base of its relative URLs, and `file` of its locations. */
  readonly baseUrl?: URL;
}

const UNNAMED = 'memory:///document.scxml';

/**
 * Loads a document by URL or file path, with everything that it includes. Rejects with DocumentError, which
 * holds every problem found, each with file, line and column.
 */
export async function loadDocument(source: string | URL, options: LoadOptions = {}): Promise<Document> {
  const sources = new Sources(options.fetchText ?? readTextFile);
  const problems = new Problems(String(source));
  let url = new URL(UNNAMED);
  let text = '';
  try {
    url = toDocumentUrl(source);
    text = await sources.read(url);
  } catch (fault) {
    const at = new XmlFile(String(source), '').locate(0);
    problems.report('FILE_UNREADABLE', at, `Expected to read ${source}, got: ${messageOf(fault)}`);
  }
  problems.throwIfErrors();
  return buildDocument({ url, text, sources, problems: new Problems(url.href), options });
}

/** As loadDocument, for a text that is already read. */
export async function parseDocument(xml: string, options: ParseOptions = {}): Promise<Document> {
  const url = options.baseUrl ?? new URL(UNNAMED);
  const sources = new Sources(options.fetchText ?? readTextFile);
  const problems = new Problems(url.href);
  try {
    sources.add(url, xml);
  } catch (fault) {
    problems.report('DOCUMENT_TOO_LARGE', new XmlFile(url.href, '').locate(0), messageOf(fault));
  }
  problems.throwIfErrors();
  return buildDocument({ url, text: xml, sources, problems, options });
}

interface BuildInput {
  readonly url: URL;
  readonly text: string;
  readonly sources: Sources;
  readonly problems: Problems;
  readonly options: LoadOptions;
}

/** A DocumentError has the files that were read. */
async function buildDocument(input: BuildInput): Promise<Document> {
  try {
    return await build(input);
  } catch (fault) {
    if (!(fault instanceof DocumentError)) throw fault;
    const files = input.sources.list().map(({ url }) => url);
    throw new DocumentError(fault.problems, files);
  }
}

async function build({ url, text, sources, problems, options }: BuildInput): Promise<Document> {
  const parsed = parseXml(url.href, text, problems);
  // Without a tree, every other check would report the same faults again.
  if (!parsed.root || !parsed.isTreeReliable) problems.throwIfErrors();
  const tree = parsed.root!;
  const named = options.dialect === undefined ? readDialect(tree) : { dialect: options.dialect };
  if (named !== undefined) problems.choose(named);
  checkRoot(tree, { dialect: named?.dialect ?? 'w3c', problems });

  const { root, isComplete } = await weaveIncludes({
    root: tree,
    elements: parsed.elements,
    sources,
    problems,
  });
  const isScxml = ({ uri }: XmlElement) =>
    uri === SCXML_NAMESPACE || (named?.dialect !== 'w3c' && uri === '');
  const external = await readExternalFiles({ root, isScxml, sources, problems });
  const chosen =
    named ??
    guessDialect(
      root,
      sources.list().map((source) => source.text),
    );
  problems.choose(chosen);
  const { dialect } = chosen;

  const { warnOfCode = true } = options;
  const checks = { sources: sources.list(), isComplete, warnOfCode, isInvoked: false };
  const draft = checkedDraft({ root, dialect, problems, external, isComplete }, checks);
  if (options.checkInvoked === true) {
    const { checkInvoked: _, dialect: __, ...others } = options;
    await checkInvoked(draft, {
      url,
      fetchText: options.fetchText ?? readTextFile,
      parse: (invoked, baseUrl) => parseDocument(invoked, { ...others, baseUrl }),
      checkInline: (inline, found) => checkInline(inline, { problems: found, external, isComplete }, checks),
    });
  }
  problems.throwIfErrors();
  return finish(draft, { url, dialect, sources: sources.list(), warnings: problems.list() });
}

function checkedDraft(parts: DraftParts, checks: Parameters<typeof validate>[1]): Draft {
  const draft = buildDraft(parts);
  resolveTargets(draft, parts.isComplete);
  validate(draft, checks);
  return draft;
}

/** Checks a document in <content> where it is written, so that its problems have locations of the file. */
function checkInline(
  { root, dialect }: InlineDocument,
  parts: Omit<DraftParts, 'root' | 'dialect'>,
  checks: Parameters<typeof validate>[1],
): Draft {
  const chosen = { dialect: attributeValue(root, 'datamodel') === undefined ? dialect : 'w3c' } as const;
  parts.problems.choose(chosen);
  return checkedDraft({ root, ...chosen, ...parts }, { ...checks, isInvoked: true });
}

function checkRoot(root: XmlElement, { dialect, problems }: { dialect: Dialect; problems: Problems }): void {
  const at = locationOf(root);
  const isOther = root.local !== 'scxml' || (root.uri !== SCXML_NAMESPACE && root.uri !== '');
  if (isOther) {
    problems.report(
      'ROOT_UNEXPECTED',
      at,
      `Expected <scxml xmlns="${SCXML_NAMESPACE}">, got ${otherRoot(root)}`,
    );
    problems.throwIfErrors();
  }
  if (root.uri !== '') return;
  const message = `Expected xmlns="${SCXML_NAMESPACE}" on <scxml>, got no namespace.`;
  problems.report('NAMESPACE_MISSING', at, message);
  // In W3C documents no element without a namespace is known.
  if (dialect === 'w3c') problems.throwIfErrors();
}

/** The end of the message about a root that is no <scxml> of SCXML. */
function otherRoot({ name, local, uri }: XmlElement): string {
  if (local === 'scxml') return `<${name} xmlns="${uri}">.${didYouMean(uri, [SCXML_NAMESPACE])}`;
  if (uri === SCXML_NAMESPACE && ruleOf(local, 'ors')) {
    return `<${name}>. A file for <xi:include> is checked with the documents that include it.`;
  }
  return `<${name}>${uri === '' ? '' : ` of ${uri}`}.${didYouMean(local, ['scxml'])}`;
}

function finish(
  draft: Draft,
  facts: Pick<Document, 'dialect' | 'sources' | 'warnings'> & { readonly url: URL },
): Document {
  const { dialect, sources, warnings } = facts;
  return {
    url: facts.url.href,
    ...draft.properties,
    dialect,
    hash: hashSources(dialect, sources),
    sources,
    states: draft.states.map(toState),
    transitions: draft.transitions.map(toTransition),
    expressions: draft.expressions,
    scripts: draft.scripts,
    data: draft.data,
    invokes: draft.invokes,
    stateById: draft.stateById,
    warnings,
  };
}

function toState({ element: _, ...state }: DraftState): StateNode {
  return state;
}

function toTransition(draft: DraftTransition): Transition {
  const { index, source, events, cond, type, targets, content, at } = draft;
  return { index, source, ...defined({ events, cond }), type, targets, content, at };
}
