import { ScenarioError } from '../../engine/scenario/index.ts';
import type { ServiceOptions } from '../../strategies/options/index.ts';
import { WireError } from '../errors/index.ts';
import { serviceFaults, type TemplateManifest, type TemplateStore } from '../templates/index.ts';
import { partRefused } from './invalidParameter.ts';

/** Undefined: it has none. Rejects with WireError CONFLICT when one of the installation was damaged. */
export async function manifestOf(
  name: string,
  templates: Pick<TemplateStore, 'manifest'>,
): Promise<TemplateManifest | undefined> {
  try {
    return await templates.manifest(name);
  } catch (cause) {
    if (!(cause instanceof ScenarioError)) throw cause;
    throw new WireError('CONFLICT', {
      message: `The manifest of the template '${name}' cannot be read:\n${cause.message}`,
      cause,
    });
  }
}

/** Rejects with WireError PARAMETER_INVALID for options that the template of the service does not take. */
export async function requireManifestOptions(
  options: ServiceOptions,
  templates: Pick<TemplateStore, 'manifest'>,
): Promise<void> {
  const { _type, _service = '' } = options;
  const manifest = _type === 'ors' ? await manifestOf(_service, templates) : undefined;
  if (manifest !== undefined) requireServable(manifest, options);
}

/** Throws WireError PARAMETER_INVALID. */
export function requireServable(manifest: TemplateManifest, options: ServiceOptions): void {
  const faults = serviceFaults(manifest, options);
  if (faults.length > 0) throw partRefused(faults.map(({ option, message }) => ({ field: option, message })));
}
