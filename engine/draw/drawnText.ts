import type {
  Action,
  Attribute,
  Block,
  EventDescriptor,
  Invoke,
  SourceLocation,
  Transition,
} from '../interpreter/index.ts';

/** Characters of a line in a drawing. The tooltip has the rest. */
const MAX_LINE = 40;
/** Lines of actions in a box or at an arrow. The tooltip has the rest. */
const MAX_ACTIONS = 6;

/** `:12`, or `part.scxml:12` where the place is not in `around`, the URL of the file around it. */
export function placeText(at: SourceLocation, around: string): string {
  const file = at.file === around ? '' : (at.file.split('/').at(-1) ?? '');
  return `${file}:${at.line}`;
}

/** A line that fits into a drawing. Its indentation stays. */
export function shortLine(text: string): string {
  const line = text.replaceAll(/(?<=\S)\s+/g, ' ').trimEnd();
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}

/** The first actions of a block, and how many more there are. */
export function shortLines(lines: readonly string[]): readonly string[] {
  const shown = lines.map((line) => shortLine(line));
  if (shown.length <= MAX_ACTIONS) return shown;
  return [...shown.slice(0, MAX_ACTIONS - 1), `… ${shown.length - MAX_ACTIONS + 1} more`];
}

/** The events with the source line, then the condition in brackets, each a line. */
export function triggerLines({ events, cond }: Transition, place: string): readonly string[] {
  const names = (events ?? []).map(descriptorText).join(' ');
  const guard = cond === undefined ? '' : `[${cond.source.trim()}]`;
  if (names === '') return [`${shortLine(guard)} ${place}`.trim()];
  const first = `${shortLine(names)} ${place}`;
  return guard === '' ? [first] : [first, shortLine(guard)];
}

function descriptorText({ segments, wildcard }: EventDescriptor): string {
  return wildcard ? '*' : segments.join('.');
}

/** A line for each action, also for those inside <if> and <foreach>. */
export function actionLines(block: Block): readonly string[] {
  return block.flatMap((action) => linesOf(action));
}

/** `invoke type src`. */
export function invokeText({ id, type, src, content }: Invoke): string {
  const source = src === undefined ? (content === undefined ? '' : 'inline document') : attributeText(src);
  const parts = ['invoke', id === undefined ? '' : `${id}:`, type ? attributeText(type) : '', source];
  return parts.filter((part) => part !== '').join(' ');
}

function linesOf(action: Action): readonly string[] {
  switch (action.kind) {
    case 'if':
      return action.branches.flatMap(({ cond, content }, at) => [
        cond === undefined ? 'else' : `${at === 0 ? 'if' : 'elseif'} ${cond.source.trim()}`,
        ...actionLines(content),
      ]);
    case 'foreach':
      return [`foreach ${action.item.source} in ${action.array.source}`, ...actionLines(action.content)];
    default:
      return [lineOf(action)];
  }
}

function lineOf(action: Exclude<Action, { readonly kind: 'if' | 'foreach' }>): string {
  switch (action.kind) {
    case 'raise':
      return `raise ${action.event}`;
    case 'log':
      return ['log', action.label && attributeText(action.label), action.expr?.source]
        .filter(Boolean)
        .join(' ');
    case 'assign':
      return `${action.location.source} = ${action.expr?.source ?? action.text ?? ''}`;
    case 'script':
      return `script ${action.script.source.trim()}`;
    case 'send':
      return sendText(action);
    case 'cancel':
      return `cancel ${attributeText(action.sendid)}`;
    case 'extension':
      return `${action.module}:${action.element.name}`;
    case 'unsupported':
      return `<${action.name}>`;
  }
}

function sendText({ event, target, delay }: Extract<Action, { readonly kind: 'send' }>): string {
  const parts = [
    `send ${event === undefined ? '' : attributeText(event)}`,
    target === undefined ? '' : `to ${attributeText(target)}`,
    delay === undefined ? '' : `after ${attributeText(delay)}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function attributeText(attribute: Attribute): string {
  return 'literal' in attribute ? attribute.literal : attribute.expr.source.trim();
}
