import type { Document, Effect, StateNode, StepRecord, Transition } from '../interpreter/index.ts';
import type { ReplayedStep } from './replayTrace.ts';

type Attributes = readonly (readonly [name: string, value: unknown])[];

/** A step as lines of the log of ORS: METRIC <state_enter sid='...' ... /> (ors-dialect 2.14). */
export function metricLines(step: ReplayedStep, document: Document): readonly string[] {
  const sid = step.session;
  const line = (name: string, attributes: Attributes): string =>
    `METRIC <${name} ${[['sid', sid] as const, ...attributes].map(attribute).join(' ')} />`;
  const isLast = step.outcome.status !== 'running';
  return [
    ...(step.input.kind === 'start' ? [line('appl_begin', [['name', document.url]])] : []),
    ...(step.input.kind === 'event' ? [line('event_queued', [['name', step.input.event.name]])] : []),
    ...step.records.flatMap((record) => {
      const found = metricOf(record, document);
      return found === undefined ? [] : [line(...found)];
    }),
    ...(isLast ? [line('appl_end', [['reason', step.outcome.reason ?? step.outcome.status]])] : []),
  ];
}

function metricOf(record: StepRecord, document: Document): [name: string, Attributes] | undefined {
  switch (record.kind) {
    case 'event_processed':
    case 'event_ignored':
      return record.kind === 'event_ignored' ? undefined : ['event_processed', [['name', record.name]]];
    case 'state_enter':
    case 'state_exit':
      return [
        record.kind,
        [
          ['name', record.name],
          ['type', typeOf(document, String(record.name))],
        ],
      ];
    case 'transition':
      return ['transition', transition(document.transitions[Number(record.index)], document)];
    case 'guard': {
      const condition = document.transitions[Number(record.index)]?.cond?.source;
      return [
        'eval_condition',
        [
          ['condition', condition],
          ['result', record.holds],
        ],
      ];
    }
    case 'log':
      return [
        'log',
        [
          ['expr', record.text],
          ['label', record.label],
        ],
      ];
    case 'exec_error':
      return [
        'exec_error',
        [
          ['error', record.event],
          ['data', JSON.stringify(record.data)],
        ],
      ];
    case 'effect':
      return extension(record.effect as unknown as Effect);
    default:
      return undefined;
  }
}

function typeOf({ states, stateById }: Document, id: string): StateNode['kind'] | 'state' {
  const kind = states[stateById.get(id) ?? -1]?.kind;
  return kind === undefined || kind === 'atomic' || kind === 'compound' ? 'state' : kind;
}

function transition(taken: Transition | undefined, { states }: Document): Attributes {
  if (taken === undefined) return [];
  const { source, events, cond, targets, at } = taken;
  return [
    // The id of the <scxml> element is generated.
    ['name', source === 0 ? 'scxml' : states[source]?.id],
    ['event', events?.map(({ segments, wildcard }) => (wildcard ? '*' : segments.join('.'))).join(' ')],
    ['cond', cond?.source],
    ['target', targets.map((target) => states[target]?.id).join(' ')],
    ['line', at.line],
  ];
}

/** Elements of modules; of a fetch also its URI and method. */
function extension(effect: Effect): [name: string, Attributes] | undefined {
  if (effect.kind !== 'module') return undefined;
  const { module, action, attributes } = effect;
  const isFetch = module === 'session' && action === 'fetch';
  const more: Attributes = isFetch
    ? [
        ['uri', attributes.srcexpr ?? attributes.src],
        ['method', attributes.method ?? 'get'],
      ]
    : [];
  return ['extension', [['ns', `www.genesyslab.com/modules/${module}`], ['name', action], ...more]];
}

function attribute([name, value]: readonly [string, unknown]): string {
  const text = value === undefined || value === null ? '' : String(value);
  return `${name}='${escaped(text)}'`;
}

/** One record is one line. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll("'", '&apos;')
    .replace(/\p{Cc}/gu, (character) => `&#${character.charCodeAt(0)};`);
}
