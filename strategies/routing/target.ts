import { defined } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { RoutingError } from './errors.ts';
import { matchesSkills, parseSkillExpression, type SkillExpression } from './skillExpression.ts';

/** The target types that can match an agent here. */
export const TargetType = {
  AGENT: 'A',
  PLACE: 'AP',
  AGENT_GROUP: 'GA',
  PLACE_GROUP: 'GP',
  CAMPAIGN_GROUP: 'GC',
} as const;

/** One target string, `{threshold}[weight]name@server.type` or `...?name:skillexpr@server.type`. */
export interface Target {
  /** The target matches only while at least this many of its agents are free. [inferred: a number] */
  readonly threshold?: number;
  /** The target with the highest weight is tried first. */
  readonly weight?: number;
  /** Agent, place or group; for a skill target the name before ':' (may be empty). */
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
  'expected {threshold}[weight]name@server.type or {threshold}[weight]?name:skills@server.type';
const TARGET =
  /^(?:\{(?<threshold>[^}]*)\})?\s*(?:\[(?<weight>[^\]]*)\])?\s*(?<body>.+)@(?<server>[^@]*)\.(?<type>[A-Za-z]+)$/su;

/** Reads one target. Throws RoutingError TARGET_INVALID or SKILL_EXPRESSION_INVALID. */
export function parseTarget(text: string): Target {
  const match = TARGET.exec(text.trim());
  if (match?.groups === undefined) {
    throw new RoutingError('TARGET_INVALID', `${EXPECTED}, got '${shown(text)}'.`);
  }
  const { threshold, weight, body = '', server = '', type = '' } = match.groups;
  return {
    ...defined({
      threshold: parseWhole('threshold', threshold, text),
      weight: parseWhole('weight', weight, text),
    }),
    ...parseBody(body.trim(), text),
    server: server.trim(),
    type: type.toUpperCase(),
  };
}

/** A comma-separated list; commas within quotes, braces, brackets and parentheses do not separate. */
export function parseTargets(text: string): readonly Target[] {
  if (text.length > MAX_TARGET_CHARS) {
    const expected = `expected targets of at most ${MAX_TARGET_CHARS} characters (MAX_TARGET_CHARS)`;
    throw new RoutingError('TARGET_INVALID', `${expected}, got ${text.length}.`);
  }
  const parts = splitAtCommas(text).map((part) => part.trim());
  if (parts.length > MAX_TARGETS) {
    const expected = `expected at most ${MAX_TARGETS} targets (MAX_TARGETS)`;
    throw new RoutingError('TARGET_INVALID', `${expected}, got ${parts.length}.`);
  }
  if (parts.some((part) => part === '')) {
    throw new RoutingError('TARGET_INVALID', `${EXPECTED} between the commas, got '${shown(text)}'.`);
  }
  return parts.map(parseTarget);
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
      target.type === TargetType.AGENT_GROUP && matchesSkills(target.skills.expression, candidate.skills)
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

function parseBody(body: string, text: string): Pick<Target, 'name' | 'skills'> {
  if (!body.startsWith('?')) return { name: body };
  const colon = body.indexOf(':');
  if (colon < 0) {
    throw new RoutingError(
      'TARGET_INVALID',
      `expected ':' between the name and the skills of '?name:skills', got '${text}'.`,
    );
  }
  const skills = body.slice(colon + 1).trim();
  return {
    name: body.slice(1, colon).trim(),
    skills: { text: skills, expression: parseSkillExpression(skills) },
  };
}

function parseWhole(what: string, text: string | undefined, whole: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text);
  throw new RoutingError(
    'TARGET_INVALID',
    `expected the ${what} to be a whole number, got '${text}' in '${whole}'.`,
  );
}

function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [];
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
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** The beginning of a text, for a message. */
function shown(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
