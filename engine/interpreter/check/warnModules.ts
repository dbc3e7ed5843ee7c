import { didYouMean } from '../../ports/index.ts';
import type { CodeLocations } from '../document/codeLocations.ts';
import type { Draft } from '../document/draft.ts';
import type { Action, ExtensionAttribute, ExtensionElement } from '../document/model.ts';
import { type ElementFacts, elementsOf, factsOf, functionsOf, refusalOf } from '../ors/modules.ts';
import { actionsOf } from './actions.ts';
import type { DraftCode } from './draftCode.ts';

/** Prefix of a module in documents, where it is not its name. */
const PREFIXES: { readonly [module: string]: string } = { interaction: 'ixn' };

/**
 * Warns of elements, attributes and values of Genesys modules that this platform does not perform: they lead
 * to the error event of their element, or have no effect.
 */
export function warnModules(draft: Draft): void {
  for (const action of actionsOf(draft)) {
    if (action.kind === 'extension') warnTop(action.module, action.element, draft);
    if (action.kind === 'send' && typeOf(action) === 'fm') {
      draft.report(
        'MODULE_UNSUPPORTED',
        action.at,
        '<send> of type fm leads to error.send.targetunavailable: no functional module takes events.',
      );
    }
  }
}

function typeOf({ type }: Extract<Action, { kind: 'send' }>): string | undefined {
  if (type === undefined) return undefined;
  return 'literal' in type ? type.literal : /^\s*'([^']*)'\s*$/.exec(type.expr.source)?.[1];
}

const GENESYS_CALL = /(?<![\w$.])_genesys\.(\w+)\.(\w+)\s*\(/g;

/** Warns of calls of functions under `_genesys` that do not exist, or are not performed. */
export function warnFunctions(draft: Draft, code: DraftCode, locations: CodeLocations): void {
  for (const { expression } of code.all) {
    for (const { index, 1: module = '', 2: name = '' } of expression.source.matchAll(GENESYS_CALL)) {
      const functions = functionsOf(module);
      if (functions === undefined) continue;
      const isKnown = Object.hasOwn(functions, name);
      const why = isKnown ? functions[name] : 'it is no function';
      if (why === undefined) continue;
      const hint = isKnown ? '' : didYouMean(name, Object.keys(functions));
      const text = `_genesys.${module}.${name}() leads to an error event: ${why}.${hint}`;
      draft.report('MODULE_UNSUPPORTED', locations.locate(expression, index), text);
    }
  }
}

function warnTop(module: string, element: ExtensionElement, draft: Draft): void {
  const facts = factsOf(module, element.name);
  const error = `error.${module}.${element.name}`;
  const tag = tagOf(module, element);
  const refusal = refusalOf(module, element.name);
  const why = refusal === undefined ? undocumented(module, element) : `${refusal}.`;
  if (refusal === undefined && facts !== undefined) warnParts({ module, element, error }, draft);
  else draft.report('MODULE_UNSUPPORTED', element.at, `${tag} leads to ${error}: ${why}`);
}

interface Part {
  readonly module: string;
  readonly element: ExtensionElement;
  /** The error event of the element that the document executes. */
  readonly error: string;
}

/** Warns of the attributes and the children of an element that is performed. */
function warnParts({ module, element, error }: Part, draft: Draft): void {
  const facts = factsOf(module, element.name)!;
  const tag = tagOf(module, element);
  for (const [name, attribute] of Object.entries(element.attributes)) {
    const problem = problemOf(name, attribute, { facts, error });
    if (problem === undefined) continue;
    draft.report(problem.code, attribute.value.at, `${name} of ${tag} ${problem.text}`);
  }
  for (const child of element.children) {
    warnChild({ module: moduleOfChild(module, child), element: child, error }, draft);
  }
}

function warnChild(part: Part, draft: Draft): void {
  const { module, element, error } = part;
  const facts = factsOf(module, element.name);
  const unused = facts?.unusedChild;
  const refusal = facts === undefined ? undocumented(module, element) : facts.refusal && `${facts.refusal}.`;
  const effect = unused === undefined ? `leads to ${error}: ${refusal}` : `has no effect: ${unused}.`;
  if (unused === undefined && refusal === undefined) warnParts(part, draft);
  else draft.report('MODULE_UNSUPPORTED', element.at, `${tagOf(module, element)} ${effect}`);
}

/** <dialog:runtreatments> may be in elements of the queue module. */
function moduleOfChild(module: string, { name }: ExtensionElement): string {
  return factsOf(module, name) === undefined && factsOf('dialog', name) !== undefined ? 'dialog' : module;
}

function undocumented(module: string, { name }: ExtensionElement): string {
  return `it is not documented.${didYouMean(name, elementsOf(module))}`;
}

function tagOf(module: string, { name }: ExtensionElement): string {
  return `<${PREFIXES[module] ?? module}:${name}>`;
}

function problemOf(
  name: string,
  attribute: ExtensionAttribute,
  { facts, error }: { readonly facts: ElementFacts; readonly error: string },
): { readonly code: 'MODULE_UNSUPPORTED' | 'ATTRIBUTE_UNKNOWN'; readonly text: string } | undefined {
  const { attributes, unused = {}, refused = {}, refusedValues = {} } = facts;
  // Attributes that begin with '_' are for tools and other platforms.
  if (name.startsWith('_')) return undefined;
  if (Object.hasOwn(unused, name)) {
    return { code: 'MODULE_UNSUPPORTED', text: `has no effect: ${unused[name]}.` };
  }
  if (Object.hasOwn(refused, name)) {
    return { code: 'MODULE_UNSUPPORTED', text: `leads to ${error}: ${refused[name]}.` };
  }
  if (!attributes.includes(name)) {
    const hint = didYouMean(name, [...attributes, ...Object.keys(refused), ...Object.keys(unused)]);
    return { code: 'ATTRIBUTE_UNKNOWN', text: `is not documented, and has no effect.${hint}` };
  }
  const values = Object.hasOwn(refusedValues, name) ? refusedValues[name]! : {};
  const value = wordOf(attribute.literal);
  const found = Object.keys(values).find((one) => one.toLowerCase() === value);
  return found === undefined
    ? undefined
    : { code: 'MODULE_UNSUPPORTED', text: `leads to ${error} by its value '${found}': ${values[found]}.` };
}

/** The value of `type="queue"`, `"'queue'"` and `"_genesys.queue.rType.RouteTypeLabel"`, in small letters. */
function wordOf(literal: string): string {
  const [, quoted] = /^\s*'([^']*)'\s*$/.exec(literal) ?? [];
  return (quoted ?? literal.trim().replace(/^_genesys\.queue\.rType\./, '')).toLowerCase();
}
