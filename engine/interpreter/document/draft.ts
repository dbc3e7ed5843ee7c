import { didYouMean } from '../../ports/index.ts';
import { adviceFor, meantAttribute } from './advice.ts';
import type { FileText } from './external.ts';
import type {
  Action,
  DataItem,
  Dialect,
  Document,
  Expression,
  Invoke,
  SourceLocation,
  StateNode,
  Transition,
} from './model.ts';
import { SCXML_NAMESPACE } from './namespaces.ts';
import type { Problems } from './problems.ts';
import type { ProblemCode } from './problemTable.ts';
import { elementNames, ruleOf } from './vocabulary.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, isBlank, locationOf } from './xmlTree.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A state while its subtree is read. */
export type DraftState = Mutable<
  Omit<StateNode, 'children' | 'transitions' | 'onentry' | 'onexit' | 'invokes' | 'data'>
> & {
  children: number[];
  transitions: number[];
  onentry: StateNode['onentry'][number][];
  onexit: StateNode['onexit'][number][];
  invokes: StateNode['invokes'][number][];
  data: StateNode['data'][number][];
  element: XmlElement;
};

/** A transition while its content is read. Its targets are ids until resolveTargets. */
export type DraftTransition = Mutable<Transition> & {
  readonly role: 'normal' | 'initial' | 'history';
  targetIds: readonly string[];
  readonly targetsAt: SourceLocation;
};

/** An <scxml> inside <content>, and the dialect of the document around it. */
export interface InlineDocument {
  readonly root: XmlElement;
  readonly dialect: Dialect;
}

/** Attributes of <scxml> that the document has unchanged. */
export type DraftProperties = Pick<Document, 'name' | 'datamodel' | 'binding' | 'persist'>;

/** A document that is being built. The build*.ts files add its parts, and report their problems. */
export class Draft {
  readonly dialect: Dialect;
  readonly properties: DraftProperties;
  readonly problems: Problems;
  /** Texts of `src` of <script> and <data>, by element. */
  readonly external: ReadonlyMap<XmlElement, FileText>;
  /** Global <script>s. */
  readonly scripts: Action[] = [];
  readonly states: DraftState[] = [];
  readonly transitions: DraftTransition[] = [];
  readonly expressions: Expression[] = [];
  /** ORS: slots of attributes that are text in W3C. */
  readonly textInW3c = new Set<number>();
  readonly data: DataItem[] = [];
  readonly invokes: Invoke[] = [];
  /** The first invoke of each id. */
  readonly invokeById = new Map<string, Invoke>();
  /** Documents in the <content> of <invoke>, by its index. */
  readonly inlineDocuments = new Map<number, InlineDocument>();
  readonly stateById = new Map<string, number>();
  readonly dataById = new Map<string, DataItem>();
  readonly #isComplete: boolean;

  constructor(options: {
    readonly dialect: Dialect;
    readonly properties: DraftProperties;
    readonly problems: Problems;
    readonly external: ReadonlyMap<XmlElement, FileText>;
    /** False when an include failed. */
    readonly isComplete: boolean;
  }) {
    this.dialect = options.dialect;
    this.properties = options.properties;
    this.problems = options.problems;
    this.external = options.external;
    this.#isComplete = options.isComplete;
  }

  report(code: ProblemCode, at: SourceLocation, message: string): void {
    this.problems.report(code, at, message);
  }

  /** As report, for a child that is missing: not reported when it may be in an include that failed. */
  reportMissing(code: ProblemCode, at: SourceLocation, message: string): void {
    if (this.#isComplete) this.report(code, at, message);
  }

  /** In ORS, elements without a namespace are elements of SCXML too. */
  isScxml(element: XmlElement): boolean {
    return element.uri === SCXML_NAMESPACE || (this.dialect === 'ors' && element.uri === '');
  }

  /** Adds an expression. Expressions are added in document order, which numbers their slots. */
  expression(
    kind: Expression['kind'],
    { source, state, at }: { source: string; state: number; at: SourceLocation },
  ): Expression {
    const expression: Expression = { slot: this.expressions.length, kind, source, state, at };
    this.expressions.push(expression);
    return expression;
  }

  /** The attribute as an expression; undefined when it is not written. */
  attributeExpression(
    kind: Expression['kind'],
    element: XmlElement,
    { name, state }: { name: string; state: number },
  ): Expression | undefined {
    const source = attributeValue(element, name);
    if (source === undefined) return undefined;
    return this.expression(kind, { source, state, at: attributeLocation(element, name) });
  }

  /**
   * As attributeExpression, but an empty one counts as not written, with a warning: editors write cond="" and
   * expr="" where a person wrote nothing.
   */
  filledExpression(
    kind: Expression['kind'],
    element: XmlElement,
    { name, state }: { name: string; state: number },
  ): Expression | undefined {
    const source = attributeValue(element, name);
    if (source === undefined || !isBlank(source)) {
      return this.attributeExpression(kind, element, { name, state });
    }
    this.#reportEmpty('an expression in', element, name);
    return undefined;
  }

  /** The text of an attribute; an empty one counts as not written, with a warning. */
  filledText(element: XmlElement, name: string): string | undefined {
    const value = attributeValue(element, name);
    if (value === undefined || !isBlank(value)) return value;
    this.#reportEmpty('a value of', element, name);
    return undefined;
  }

  #reportEmpty(expected: string, element: XmlElement, name: string): void {
    const message = `Expected ${expected} '${name}' of <${element.local}>, got an empty one, which counts as none.`;
    this.report('EXPRESSION_EMPTY', attributeLocation(element, name), message);
  }

  /** Reports unknown, missing and conflicting attributes of an SCXML element. */
  checkAttributes(element: XmlElement): void {
    const rule = ruleOf(element.local, this.dialect);
    if (!rule) return;
    const accepted = (name: string) =>
      rule.attributes.includes(name) ||
      name.startsWith('_') ||
      (this.dialect === 'ors' && rule.ors?.includes(name) === true);
    for (const { uri, local, offset } of element.attributes) {
      if (uri !== '' || accepted(local)) continue;
      const names = rule.attributes.join(', ') || 'none';
      const hint = meantAttribute(element.local, local) ?? didYouMean(local, rule.attributes);
      this.report(
        'ATTRIBUTE_UNKNOWN',
        element.file.locate(offset),
        `Expected an attribute of <${element.local}> (${names}), got '${local}', which is ignored.${hint}`,
      );
    }
    for (const name of rule.required ?? []) this.#require(element, name);
    for (const pair of rule.exclusive ?? []) this.#exclude(element, pair);
  }

  /** Value of an attribute; undefined when it is absent or empty. An empty one is reported. */
  filledAttribute(element: XmlElement, name: string): string | undefined {
    const value = attributeValue(element, name);
    if (value === undefined || !isBlank(value)) return value;
    this.report(
      'ATTRIBUTE_EMPTY',
      attributeLocation(element, name),
      `Expected a value of '${name}' of <${element.local}>, got an empty one.`,
    );
    return undefined;
  }

  /** Reports a child element that its parent does not take. */
  refuseChild(parent: XmlElement, child: XmlElement): void {
    const at = locationOf(child);
    if (!this.isScxml(child)) {
      // The reader of the XML has reported the prefix.
      if (child.prefix !== '' && (child.uri === '' || child.uri === child.prefix)) return;
      this.report(
        'ELEMENT_IGNORED',
        at,
        `Expected SCXML in <${parent.local}>, got <${child.name}>, which is ignored.`,
      );
    } else if (ruleOf(child.local, this.dialect)) {
      const message = `Expected no <${child.local}> inside <${parent.local}>, got one.`;
      this.report('ELEMENT_MISPLACED', at, `${message}${adviceFor(parent.local, child.local)}`);
    } else {
      const hint = didYouMean(child.local, elementNames(this.dialect));
      const message = `Expected an element of SCXML in <${parent.local}>, got <${child.name}>.${hint}`;
      this.report('ELEMENT_UNKNOWN', at, message);
    }
  }

  /** Reports text in an element that takes elements only. */
  warnText(element: XmlElement): void {
    const text = element.children.find((child) => child.kind === 'text' && !isBlank(child.text));
    if (!text) return;
    const message = `Expected elements only in <${element.local}>, got text, which is ignored.`;
    this.report('TEXT_IGNORED', locationOf(text), message);
  }

  /** Reports everything in an element that takes attributes only. */
  refuseContent(element: XmlElement): void {
    this.warnText(element);
    for (const child of childElements(element)) this.refuseChild(element, child);
  }

  #require(element: XmlElement, name: string): void {
    if (attributeValue(element, name) !== undefined) return;
    this.report(
      'ATTRIBUTE_MISSING',
      locationOf(element),
      `Expected '${name}' on <${element.local}>, got none.`,
    );
  }

  #exclude(element: XmlElement, [first, second]: readonly [string, string]): void {
    const written = element.attributes.filter(
      ({ uri, local, value }) => uri === '' && (local === first || local === second) && !isBlank(value),
    );
    if (written.length < 2) return;
    this.report(
      'ATTRIBUTE_CONFLICT',
      element.file.locate(written[1]!.offset),
      `Expected either '${first}' or '${second}' on <${element.local}>, got both.`,
    );
  }
}

/** The state in a message: its id, or its element when the id is generated. */
export function stateName({ id, element }: Pick<DraftState, 'id' | 'element'>): string {
  if (!id.startsWith('#')) return `'${id}'`;
  if (element.local === 'scxml') return '<scxml>';
  const { line, column } = locationOf(element);
  return `<${element.local}> (${line}:${column})`;
}

/** A location in a message about another one. */
export function placeText({ file, line, column }: SourceLocation, near: SourceLocation): string {
  return file === near.file ? `${line}:${column}` : `${file}:${line}:${column}`;
}
