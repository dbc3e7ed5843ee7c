import { defined } from '../../engine/ports/index.ts';
import { TargetError } from './errors.ts';
import { parseCondition } from './parseCondition.ts';
import { formatSkillExpression, parseSkillExpression, type SkillPrecedence } from './skillExpression.ts';
import { statisticsOf, unknownStatistic } from './statisticNames.ts';
import { formatTarget, type StatisticObject, type Target } from './target.ts';
import { targetKey } from './targetKey.ts';
import { TARGET_TYPES, TargetType } from './targetType.ts';
import { placeIn, shownText } from './textPlace.ts';

/** Targets of one call or submit, and characters of their text. */
const MAX_TARGETS = 1_000;
const MAX_TARGET_CHARS = 65_536;

const EXPECTED =
  'expected {threshold}[weight]name@server.type or {threshold}[weight]?group:skills@server.type';

/** The end of a target: its server, which may be missing, and its type. */
const END = /(?:@(?<server>[^@]*))?\.(?<type>[A-Za-z]+)$/su;

/** Reads one target. Throws TargetError TARGET_INVALID or SKILL_EXPRESSION_INVALID. */
export function parseTarget(text: string): Target {
  return new TargetParser(text, 0, text, 'leftToRight').parse();
}

/** A comma-separated list; commas within quotes, braces, brackets and parentheses do not separate. */
export function parseTargets(text: string, precedence: SkillPrecedence = 'leftToRight'): readonly Target[] {
  if (text.length > MAX_TARGET_CHARS) {
    const expected = `expected targets of at most ${MAX_TARGET_CHARS} characters (MAX_TARGET_CHARS)`;
    throw new TargetError('TARGET_INVALID', `${expected}, got ${text.length}.`);
  }
  const parts = splitAtCommas(text);
  if (parts.length > MAX_TARGETS) {
    const expected = `expected at most ${MAX_TARGETS} targets (MAX_TARGETS)`;
    throw new TargetError('TARGET_INVALID', `${expected}, got ${parts.length}.`);
  }
  return parts.map(({ part, at }) => new TargetParser(part, at, text, precedence).parse());
}

/**
 * The object of a statistic, and the statistic, as `sdata` of a threshold names them. Throws TargetError
 * TARGET_INVALID.
 */
export function parseStatistic(
  object: string,
  name: string,
  precedence: SkillPrecedence = 'leftToRight',
): { readonly object: StatisticObject; readonly name: string } {
  const read = new TargetParser(object, 0, object, precedence).parseObject();
  if (read.statistics.includes(name)) return { object: read.object, name };
  const [expected, got] = unknownStatistic(name, read.statistics);
  throw new TargetError('TARGET_INVALID', `expected ${expected}, got ${got}.`);
}

/**
 * The object of a statistic, `Billing@.GA`, with the names of the statistics that routing has of it. A name
 * without a type is one of a virtual queue. Throws TargetError.
 */
export function parseStatisticObject(
  text: string,
  precedence: SkillPrecedence = 'leftToRight',
): ReturnType<typeof objectOf> {
  const whole = hasType(text) ? text : `${text}@.Q`;
  return new TargetParser(whole, 0, whole, precedence).parseObject();
}

function hasType(text: string): boolean {
  const type = END.exec(text)?.groups?.type;
  return type !== undefined && TARGET_TYPES.includes(type.toUpperCase());
}

/**
 * Why a call with these targets could wait for ever: one of them names no agent. Undefined: all name agents.
 * Throws as parseTargets().
 */
export function whyNoAgent(text: string): string | undefined {
  const types: readonly string[] = Object.values(TargetType);
  const targets = parseTargets(text);
  const index = targets.findIndex(({ type }) => !types.includes(type));
  if (index < 0) return undefined;
  const target = targets[index]!;
  const { part, at } = splitAtCommas(text)[index]!;
  const place = placeIn(text, at + part.trimEnd().length - target.type.length);
  return `expected targets of agents (types ${types.join(', ')}) ${place}, got '${formatTarget(target)}'; <ixn:redirect> moves an interaction to a queue.`;
}

/** One target of a text. Positions of faults count from 1 in the whole text. */
class TargetParser {
  readonly #part: string;
  /** Offset of the part in the whole text. */
  readonly #at: number;
  readonly #whole: string;
  readonly #precedence: SkillPrecedence;

  constructor(part: string, at: number, whole: string, precedence: SkillPrecedence) {
    this.#part = part;
    this.#at = at;
    this.#whole = whole;
    this.#precedence = precedence;
  }

  parse(): Target {
    const part = this.#part.trimEnd();
    const threshold = this.#enclosed('{', '}', skipBlanks(part, 0));
    const weight = this.#enclosed('[', ']', threshold.end);
    // A threshold may have the server of another target.
    const end = END.exec(part.slice(weight.end));
    if (end?.groups === undefined) {
      return this.#fail(part === '' ? 0 : part.length, `${EXPECTED}`, part === '' ? 'nothing' : 'the end');
    }
    const { server = '', type = '' } = end.groups;
    const typeAt = part.length - type.length;
    if (!TARGET_TYPES.includes(type.toUpperCase())) {
      return this.#fail(typeAt, `a target type (${TARGET_TYPES.join(', ')})`, `'${type}'`);
    }
    const body = part.slice(weight.end, weight.end + end.index).trimEnd();
    if (body.trim() === '') {
      return this.#fail(weight.end, 'a name or ?group:skills', `'${shownText(part.slice(weight.end))}'`);
    }
    const read = this.#body(body, weight.end);
    const plain = { ...read, server: server.trim(), type: type.toUpperCase() };
    return {
      ...this.#threshold(threshold, plain),
      ...defined({ weight: this.#weight(weight) }),
      ...plain,
    };
  }

  /** The object of a statistic. */
  parseObject(): ReturnType<typeof objectOf> {
    const target = this.parse();
    const text = this.#part;
    const isPlain = target.weight === undefined && !('threshold' in target || 'condition' in target);
    if (!isPlain) return this.#fail(0, 'an object without threshold and weight', `'${shownText(text)}'`);
    const { type } = target;
    if (statisticsOf(type).length > 0) return objectOf(target);
    const types = TARGET_TYPES.filter((one) => statisticsOf(one).length > 0);
    return this.#fail(
      text.length - type.length,
      `an object of statistics (types ${types.join(', ')})`,
      `'${type}'`,
    );
  }

  /** `end`: behind it, and behind the blanks that follow. */
  #enclosed(open: string, close: string, from: number): Enclosed {
    if (this.#part[from] !== open) return { text: undefined, at: from, end: from };
    const end = endOf(this.#part, close, from);
    if (end < 0) return this.#fail(this.#part.length, `'${close}'`, 'the end');
    return {
      text: this.#part.slice(from + 1, end),
      at: from + 1,
      end: skipBlanks(this.#part, end + 1),
    };
  }

  #weight({ text, at }: Enclosed): number | undefined {
    if (text === undefined) return undefined;
    if (FRACTION.test(text.trim())) return Number(text);
    return this.#fail(at, 'the weight to be a number', `'${shownText(text)}'`);
  }

  #threshold({ text, at }: Enclosed, target: Target): Pick<Target, 'threshold' | 'condition'> {
    if (text === undefined) return {};
    if (WHOLE.test(text.trim())) return { threshold: Number(text) };
    if (text.trim() === '') return this.#fail(at, 'a number or an expression as threshold', 'nothing');
    const condition = parseCondition(text, {
      own: statisticsOf(target.type).length === 0 ? undefined : objectOf(target),
      readObject: (given, offset) => this.#object(given, at + offset),
      fail: (offset, expected, got) => this.#fail(at + offset, expected, got),
    });
    return { condition };
  }

  /** The object of a statistic, at this offset of the part. */
  #object(text: string, at: number): ReturnType<typeof objectOf> {
    return new TargetParser(text, this.#at + at, this.#whole, this.#precedence).parseObject();
  }

  #body(body: string, at: number): Pick<Target, 'name' | 'skills'> {
    if (!body.startsWith('?')) return { name: body };
    const colon = body.indexOf(':');
    if (colon < 0) return this.#fail(at + body.length, "':' between the group and the skills", 'the end');
    const skills = body.slice(colon + 1).trim();
    const skillsAt = this.#at + at + skipBlanks(body, colon + 1);
    const expression = parseSkillExpression(skills, this.#precedence, { text: this.#whole, at: skillsAt });
    return { name: body.slice(1, colon).trim(), skills: { text: skills, expression } };
  }

  #fail(at: number, expected: string, got: string): never {
    const position = placeIn(this.#whole, this.#at + at);
    const sentence = expected.startsWith('expected') ? expected : `expected ${expected}`;
    throw new TargetError('TARGET_INVALID', `${sentence} ${position}, got ${got}.`);
  }
}

/** A part of a target in brackets; `text` undefined: it is missing. */
interface Enclosed {
  readonly text: string | undefined;
  readonly at: number;
  readonly end: number;
}

const WHOLE = /^\d{1,9}$/;
const FRACTION = /^\d{1,9}(?:\.\d{1,9})?$/;

/** The object of the statistics of a target, and their names. */
function objectOf(target: Target): {
  readonly object: StatisticObject;
  readonly statistics: readonly string[];
} {
  const { name, type } = target;
  const statistics = statisticsOf(type);
  if (type === 'Q' || type === 'GQ') {
    return { object: { kind: 'queue', name: type === 'GQ' ? `${name}.GQ` : name }, statistics };
  }
  return { object: { kind: 'agents', target, key: targetKey(target) }, statistics };
}

/** The offset of the closing bracket, outside quotes; negative: there is none. */
function endOf(text: string, close: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === close) return at;
  }
  return -1;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at]!.trim() === '') at += 1;
  return at;
}

/**
 * The targets with parentheses where `precedence` differs from left to right, so that they mean the same
 * everywhere. Throws as parseTargets().
 */
export function respellTargets(text: string, precedence: SkillPrecedence): string {
  if (precedence === 'leftToRight') return text;
  const parts = splitAtCommas(text);
  const targets = parseTargets(text, precedence);
  return targets
    .map((target, index) => {
      const { part } = parts[index]!;
      const { skills } = target;
      if (skills === undefined) return part;
      const plain = parseSkillExpression(skills.text);
      const isSame = formatSkillExpression(plain) === formatSkillExpression(skills.expression);
      return isSame ? part : part.replace(skills.text, () => formatSkillExpression(skills.expression));
    })
    .join(',');
}

function splitAtCommas(text: string): readonly { readonly part: string; readonly at: number }[] {
  const parts: { part: string; at: number }[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if ('({['.includes(char)) depth += 1;
    else if (')}]'.includes(char)) depth -= 1;
    else if (char === ',' && depth <= 0) {
      parts.push({ part: text.slice(from, at), at: from });
      from = at + 1;
    }
  }
  return [...parts, { part: text.slice(from), at: from }];
}
