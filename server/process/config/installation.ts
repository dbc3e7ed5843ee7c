import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Installation, parseInstallation } from '../../../engine/interpreter/index.ts';
import { defined, type Json } from '../../../engine/ports/index.ts';

const PARTS = ['lists', 'options', 'specialDays'] as const;

/** The sections `lists`, `options` and `specialDays`: values that documents of the ORS dialect read. */
export const installationFields = {
  lists: partSchema('lists'),
  options: partSchema('options'),
  specialDays: partSchema('specialDays'),
};

export function installationOf({
  lists,
  options,
  specialDays,
}: {
  readonly [Part in keyof Installation]: Installation[Part] | undefined;
}): Installation {
  return defined({ lists, options, specialDays });
}

interface FileProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * The configuration with the content of the files that these sections name: a text is the path of a JSON
 * file, relative to the data directory. `problems` has the files that cannot be read.
 */
export async function withInstallationFiles(
  value: unknown,
  dataDir: string,
): Promise<{ readonly value: unknown; readonly problems: readonly FileProblem[] }> {
  if (typeof value !== 'object' || value === null) return { value, problems: [] };
  const config: Record<string, unknown> = { ...value };
  const problems: FileProblem[] = [];
  for (const part of PARTS) {
    const path = config[part];
    if (typeof path !== 'string') continue;
    try {
      config[part] = JSON.parse(await readFile(resolve(dataDir, path), 'utf8'));
    } catch (error) {
      const message = `expected the path of a JSON file, got '${path}': ${(error as Error).message}`;
      problems.push({ path: [part], message });
    }
  }
  return { value: config, problems };
}

/**
 * A value of the installation: an option by its section and name, whatever application is named (urs-routing
 * 4), or a property of an item of a list. Undefined: there is none.
 */
export function settingOf(
  { lists, options }: { readonly lists?: unknown; readonly options?: unknown },
  source: 'application' | 'list',
  [owner = '', section = '', property = '']: readonly string[],
): Json | undefined {
  const found =
    source === 'list' ? valueAt(lists, [owner, section, property]) : valueAt(options, [section, property]);
  return found as Json | undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as { readonly [name: string]: unknown })[name]
        : undefined,
    value,
  );
}

function partSchema<Part extends (typeof PARTS)[number]>(part: Part) {
  return z
    .custom<NonNullable<Installation[Part]>>()
    .superRefine((value, context) => {
      try {
        parseInstallation({ [part]: value });
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    })
    .optional();
}
