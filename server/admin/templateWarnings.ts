import type { ServiceOptions } from '../../strategies/options/index.ts';
import {
  ineffectiveIn,
  noEffectOf,
  serviceFaults,
  type TemplateManifest,
  type TemplateView,
} from '../templates/index.ts';

/** Sentences for the person who makes a version of a template the present one. */
export function warningsOf(
  { manifest: found }: TemplateView,
  manifest: TemplateManifest,
  services: Readonly<Record<string, ServiceOptions>>,
): readonly string[] {
  const unread = found?.unread ?? [];
  const unexplained = unread.filter((name) => manifest.options[name]?.noEffect === undefined);
  const useless = unexplained.flatMap((name) => {
    const reason = noEffectOf(manifest, name, unread);
    return reason === undefined ? [] : [`The option '${name}' has no effect: ${reason}.`];
  });
  const ofServices = Object.entries(services).flatMap(([service, options]) =>
    [...serviceFaults(manifest, options), ...ineffectiveIn(manifest, options, unread)].map(
      ({ option, message }) => `The service '${service}': ${option} ${message}`,
    ),
  );
  return [...useless, ...ofServices];
}
