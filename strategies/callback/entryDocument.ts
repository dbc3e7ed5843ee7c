import { ServiceError } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import { calendarKind } from '../slots/index.ts';

/** Service templates: those of the installation, and those that an administrator uploaded. */
export interface Templates {
  /** Paths of the template's files, '/' between folders; undefined when there is no such template. */
  files(template: string): readonly string[] | undefined;
  /** URL of one of its files, in the version that is current now. */
  url(template: string, path: string): string;
}

/**
 * URL of the document that a service runs. `_service` is the URL, or names a template. The callback template
 * has one document for each kind of callback. The document of another template is `<name>.scxml`,
 * `src/<name>.scxml`, or its only document. Throws ServiceError SERVICE_MISCONFIGURED.
 */
export function entryDocument(name: string, options: ServiceOptions, templates: Templates): string {
  const service = options._service ?? '';
  if (/^https?:\/\//i.test(service)) {
    return service;
  }
  const files = templates.files(service);
  if (files === undefined) {
    throw new ServiceError(
      'SERVICE_MISCONFIGURED',
      `The service '${name}' runs the template '${service}', which does not exist.`,
    );
  }
  const candidates = service === 'callback' ? callbackDocuments(options) : ownDocuments(service, files);
  const path = candidates.find((candidate) => files.includes(candidate));
  if (path === undefined) {
    throw new ServiceError(
      'SERVICE_MISCONFIGURED',
      `The template '${service}' of the service '${name}' has no document to start: expected ${candidates.join(' or ')}.`,
    );
  }
  return templates.url(service, path);
}

/** Why a service with these options has no document to start, as a sentence; undefined: it has one. */
export function documentProblem(
  name: string,
  options: ServiceOptions,
  templates: Templates,
): string | undefined {
  if (options._type !== 'ors' || calendarKind(options) !== undefined) return undefined;
  try {
    entryDocument(name, options, templates);
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
    throw error;
  }
}

/** gms-api 4.1: what makes a service delayed or immediate. */
function callbackDocuments(options: ServiceOptions): readonly string[] {
  const media = (options._media_type ?? '').toLowerCase();
  if (media !== 'chat') {
    return [`src/${media === '' ? 'voice' : media}.scxml`];
  }
  const waits = (options._wait_for_agent ?? 'true').toLowerCase() !== 'false';
  return waits ? ['src/chat-delay.scxml'] : ['src/chat-immediate.scxml', 'src/chat-delay.scxml'];
}

function ownDocuments(template: string, files: readonly string[]): readonly string[] {
  const documents = files.filter((file) => file.endsWith('.scxml'));
  const named = [`${template}.scxml`, `src/${template}.scxml`];
  return documents.length === 1 ? [...named, ...documents] : named;
}
