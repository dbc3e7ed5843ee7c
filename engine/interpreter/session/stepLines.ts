import type { Json } from '../../ports/index.ts';
import type { Document, SourceLocation } from '../document/model.ts';
import type { Effect, ModuleEffect } from '../effects.ts';
import type { StepRecord } from '../execution.ts';
import { whyIgnored } from './whyIgnored.ts';

export interface ShownLine {
  readonly text: string;
  readonly at?: SourceLocation;
}

/**
 * A record of a step as a line of text, with its location in the document. Undefined when there is nothing
 * to show.
 */
export function stepLine(record: StepRecord, document: Document, now: number): ShownLine | undefined {
  switch (record.kind) {
    case 'event_processed':
      return { text: `event ${record.name}` };
    case 'event_ignored':
      return { text: `ignored ${record.name}: ${whyIgnored(record, document)}` };
    case 'state_exit':
      return placed(`exit ${record.name}`, stateAt(document, record.name));
    case 'state_enter':
      return placed(`enter ${record.name}`, stateAt(document, record.name));
    case 'transition':
      return transition(record, document);
    case 'log':
      return {
        text: record.label === undefined ? `log ${record.text}` : `log ${record.label}: ${record.text}`,
      };
    case 'exec_error':
      return placed(`error ${record.event}: ${descriptionOf(record.data)}`, faultLocation(record.data));
    case 'failed':
      return { text: `failed ${record.reason}` };
    case 'effect':
      return effectLine(record.effect as unknown as Effect, now);
    default:
      return undefined;
  }
}

function transition(record: StepRecord, document: Document): ShownLine {
  const targets = record.targets as readonly string[];
  const index = document.stateById.get(String(record.source));
  // The id of the <scxml> element is generated.
  const source = index === 0 || index === undefined ? 'scxml' : document.states[index]!.id;
  const text = `transition ${source}${targets.length === 0 ? '' : ` -> ${targets.join(' ')}`}`;
  const found = document.transitions.find(
    ({ source: from, at }) => from === (index ?? 0) && at.line === record.line,
  );
  return placed(text, found?.at);
}

function effectLine(effect: Effect, now: number): ShownLine | undefined {
  switch (effect.kind) {
    case 'send':
      return { text: `send ${effect.event.name} to ${effect.target}${dataText(effect.event.data)}` };
    case 'arm':
      return { text: `timer in ${effect.dueAt - now}ms` };
    case 'disarm':
      return { text: 'timer cancelled' };
    case 'invoke':
      return { text: `invoke ${effect.invokeId}` };
    case 'uninvoke':
      return { text: `uninvoke ${effect.invokeId}` };
    case 'module':
      return { text: moduleText(effect) };
    case 'respond': {
      const refused = effect.positive
        ? ''
        : ` refused${effect.resultCode === undefined ? '' : ` ${effect.resultCode}`}`;
      return { text: `answer ${effect.requestId}${refused}${dataText(effect.body)}` };
    }
    default:
      return undefined;
  }
}

function moduleText({ module, action, attributes, params, content }: ModuleEffect): string {
  if (module === 'session' && action === 'fetch') {
    const method = String(attributes.method ?? 'get').toUpperCase();
    const url = String(attributes.srcexpr ?? attributes.src ?? '');
    return `fetch ${method} ${url}${dataText(content ?? nonEmpty(params))}`;
  }
  const { requestid: _given, ...others } = attributes;
  return `${module}.${action}${dataText(nonEmpty({ ...others, ...params }))}`;
}

function nonEmpty(fields: { readonly [name: string]: Json | undefined }): Json | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function dataText(data: Json | undefined): string {
  return data === undefined || data === null ? '' : ` ${JSON.stringify(data)}`;
}

function descriptionOf(data: Json | undefined): string {
  const description = (data as { readonly description?: Json } | undefined)?.description;
  return typeof description === 'string' ? description : JSON.stringify(data);
}

/** The location in the data of an error event of the platform (contentFault.ts). */
function faultLocation(data: Json | undefined): SourceLocation | undefined {
  const fault = data as FaultData | undefined;
  const { document, linenumber, column } = fault?.code ?? fault ?? {};
  if (typeof document !== 'string' || typeof linenumber !== 'number') return undefined;
  return { file: document, line: linenumber, column: typeof column === 'number' ? column : 1 };
}

interface FaultData {
  readonly document?: Json;
  readonly linenumber?: Json;
  readonly column?: Json;
  readonly code?: FaultData;
}

function stateAt(document: Document, name: Json | undefined): SourceLocation | undefined {
  const index = document.stateById.get(String(name));
  return index === undefined ? undefined : document.states[index]?.at;
}

function placed(text: string, at: SourceLocation | undefined): ShownLine {
  return at ? { text, at } : { text };
}
