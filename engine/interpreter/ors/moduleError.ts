import type { Json } from '../../ports/index.ts';
import type { ModuleEffect } from '../effects.ts';
import { refusalOf } from './modules.ts';

/** The error event of an element of a Genesys module. */
export interface ModuleError {
  readonly name: string;
  readonly data: { readonly requestid: string; readonly error: string; readonly description: string };
}

/**
 * `error.<module>.<element>` {requestid, error, description} (ors-dialect 2.8 to 2.12), e.g.
 * error.dialog.playsound. `error` is a short, stable word: 'unsupported', 'failed' ...
 */
export function moduleError(effect: ModuleEffect, error: string, description: string): ModuleError {
  return {
    name: `error.${effect.module}.${effect.action}`,
    data: { requestid: answeredRequest(effect), error, description },
  };
}

/**
 * The answer to an element that no part of the platform performs, so that the document does not wait without
 * end.
 */
export function unsupportedElement(effect: ModuleEffect): ModuleError {
  const { module, action } = effect;
  const why = refusalOf(module, action);
  const text = `no part of this platform performs <${module}:${action}>`;
  return moduleError(effect, 'unsupported', why === undefined ? text : `${text}: ${why}`);
}

/**
 * The id of the request that is answered. An element may name an earlier one (`<queue:cancel requestid>`).
 */
function answeredRequest({ attributes, requestId }: ModuleEffect): string {
  const named: Json | undefined = attributes.requestid;
  return typeof named === 'string' && named !== '' ? named : requestId;
}
