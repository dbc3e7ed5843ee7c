import { defined } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { RoutingError } from './errors.ts';
import {
  formatSkillExpression,
  matchesSkills,
  parseSkillExpression,
  type SkillExpression,
  type SkillPrecedence,
} from './skillExpression.ts';

/** The target types that can match an agent here. */
export const TargetType = {
  AGENT: 'A',
  PLACE: 'AP',
  AGENT_GROUP: 'GA',
  PLACE_GROUP: 'GP',
  CAMPAIGN_GROUP: 'GC',
} as const;

/** One target string, `{threshold}[weight]name@server.type` or `...?group:skillexpr@server.type`. */
export interface Target {
  /** The target matches only while at least this many of its agents are free. [inferred: a number] */
  readonly threshold?: number;
  /** The target with the highest weight is tried first. */
  readonly weight?: number;
  /** Agent, place or group; of a skill target the group of its agents, '' for all agents. */
  readonly name: string;
  readonly server: string;
  /** 'A', 'AP', 'GA', 'GP', 'GC', or another type of the platform ('Q', 'RP', 'DN' ...). */
  readonly type: string;
  readonly skills?: { readonly text: string; readonly expression: SkillExpression };
}

/** The fields of an agent that targets are compared with. */
export interface TargetCandidate {
  readonly agentId: AgentId;
  readonly groups: readonly string[];
  readonly skills: Readonly<Record<string, number>>;
  readonly place?: string;
}

/** Targets of one call or submit, and characters of their text. */
const MAX_TARGETS = 1_000;
const MAX_TARGET_CHARS = 65_536;

const EXPECTED =
  'expected {threshold}[weight]name@server.type or {threshold}[weight]?group:skills@server.type';

/** All target types. urs-routing 2. */
const TYPES: readonly string[] = ['A', 'AP', 'C', 'DL', 'DN', 'GA', 'GC', 'GP', 'GQ', 'Q', 'RP'];

/** The end of a target: its server, which may be missing, and its type. */
const END = /(?:@(?<server>[^@]*))?\.(?<type>[A-Za-z]+)$/su;

/** Reads one target. Throws RoutingError TARGET_INVALID or SKILL_EXPRESSION_INVALID. */
export function parseTarget(text: string): Target {
  return new TargetParser(text, 0, text, 'leftToRight').parse();
}

/** A comma-separated list; commas within quotes, braces, brackets and parentheses do not separate. */
export function parseTargets(text: string, precedence: SkillPrecedence = 'leftToRight'): readonly Target[] {
  if (text.length > MAX_TARGET_CHARS) {
    const expected = `expected targets of at most ${MAX_TARGET_CHARS} characters (MAX_TARGET_CHARS)`;
    throw new RoutingError('TARGET_INVALID', `${expected}, got ${text.length}.`);
  }
  const parts = splitAtCommas(text);
  if (parts.length > MAX_TARGETS) {
    const expected = `expected at most ${MAX_TARGETS} targets (MAX_TARGETS)`;
    throw new RoutingError('TARGET_INVALID', `${expected}, got ${parts.length}.`);
  }
  return parts.map(({ part, at }) => new TargetParser(part, at, text, precedence).parse());
}

/**
 * Why a call with these targets could wait for ever: one of them names no agent. Undefined: all name agents.
 */
export function whyNoAgent(targets: readonly Target[]): string | undefined {
  const types: readonly string[] = Object.values(TargetType);
  const other = targets.find(({ type }) => !types.includes(type));
  if (other === undefined) return undefined;
  return `expected targets of agents (types ${types.join(', ')}), got '${formatTarget(other)}'; <ixn:redirect> moves an interaction to a queue.`;
}

/** GMS option `_target`. A campaign group matches like a group of agents. [inferred] */
export function matchesTarget(target: Target, candidate: TargetCandidate): boolean {
  if (target.skills !== undefined) {
    return (
      target.type === TargetType.AGENT_GROUP &&
      (target.name === '' || candidate.groups.includes(target.name)) &&
      matchesSkills(target.skills.expression, candidate.skills)
    );
  }
  switch (target.type) {
    case TargetType.AGENT:
      return candidate.agentId === target.name;
    case TargetType.PLACE:
      return candidate.place === target.name;
    case TargetType.AGENT_GROUP:
    case TargetType.CAMPAIGN_GROUP:
      return candidate.groups.includes(target.name);
    case TargetType.PLACE_GROUP:
      return candidate.place !== undefined && candidate.groups.includes(target.name);
    default:
      return false;
  }
}

/** The name of a target in results: its name, or `?name:skills`. */
export function targetLabel(target: Target): string {
  return target.skills === undefined ? target.name : `?${target.name}:${target.skills.text}`;
}

/** `name@server.type`. */
export function formatTarget(target: Target): string {
  return `${targetLabel(target)}@${target.server}.${target.type}`;
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
    const end = END.exec(part);
    if (end?.groups === undefined) {
      return this.#fail(part === '' ? 0 : part.length, `${EXPECTED}`, part === '' ? 'nothing' : 'the end');
    }
    const { server = '', type = '' } = end.groups;
    const typeAt = part.length - type.length;
    if (!TYPES.includes(type.toUpperCase())) {
      return this.#fail(typeAt, `a target type (${TYPES.join(', ')})`, `'${type}'`);
    }
    const body = part.slice(weight.end, end.index).trimEnd();
    if (body.trim() === '') {
      return this.#fail(weight.end, 'a name or ?group:skills', `'${shown(part.slice(weight.end))}'`);
    }
    return {
      ...defined({
        threshold: this.#number(threshold, { what: 'threshold', form: WHOLE, expected: 'a whole number' }),
        weight: this.#number(weight, { what: 'weight', form: FRACTION, expected: 'a number' }),
      }),
      ...this.#body(body, weight.end),
      server: server.trim(),
      type: type.toUpperCase(),
    };
  }

  /** `end`: behind it, and behind the blanks that follow. */
  #enclosed(open: string, close: string, from: number): Enclosed {
    if (this.#part[from] !== open) return { text: undefined, at: from, end: from };
    const end = this.#part.indexOf(close, from);
    if (end < 0) return this.#fail(this.#part.length, `'${close}'`, 'the end');
    return {
      text: this.#part.slice(from + 1, end),
      at: from + 1,
      end: skipBlanks(this.#part, end + 1),
    };
  }

  #number(
    { text, at }: Enclosed,
    { what, form, expected }: { readonly what: string; readonly form: RegExp; readonly expected: string },
  ): number | undefined {
    if (text === undefined) return undefined;
    if (form.test(text.trim())) return Number(text);
    return this.#fail(at, `the ${what} to be ${expected}`, `'${shown(text)}'`);
  }

  #body(body: string, at: number): Pick<Target, 'name' | 'skills'> {
    if (!body.startsWith('?')) return { name: body };
    const colon = body.indexOf(':');
    if (colon < 0) return this.#fail(at + body.length, "':' between the group and the skills", 'the end');
    const skills = body.slice(colon + 1).trim();
    const expression = parseSkillExpression(skills, this.#precedence);
    return { name: body.slice(1, colon).trim(), skills: { text: skills, expression } };
  }

  #fail(at: number, expected: string, got: string): never {
    const position = `at position ${this.#at + at + 1} of '${shown(this.#whole)}'`;
    const sentence = expected.startsWith('expected') ? expected : `expected ${expected}`;
    throw new RoutingError('TARGET_INVALID', `${sentence} ${position}, got ${got}.`);
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

/** The beginning of a text, for a message. */
function shown(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
