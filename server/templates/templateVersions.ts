import type { Batch, Durable, PutRecord } from '../../engine/durable/index.ts';
import type { TemplateView } from './templateView.ts';

/** Key: `<template>~<version>`. */
const VERSIONS = 'templateVersion';
/** Versions of one template. Their files stay, since sessions may still read them. */
export const MAX_VERSIONS = 100;

/** Every version of a template that was uploaded, also after others have replaced it. */
export class TemplateVersions {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
  }

  /** Joins the commit that makes it the present version. The oldest of too many is forgotten. */
  batchOf(view: TemplateView): Batch {
    const { name } = view;
    const others = this.list(name).filter(({ version }) => version !== view.version);
    return {
      put: [recordOf(view)],
      remove: others.slice(MAX_VERSIONS - 1).map(recordOf),
    };
  }

  /** Newest first. Those that were replaced before servers kept versions are not known. */
  list(name: string): readonly TemplateView[] {
    const found = [...this.#durable.scan<TemplateView>(VERSIONS, { prefix: `${name}~` })];
    return found.map(({ value }) => value).sort((a, b) => (b.uploadedAt ?? 0) - (a.uploadedAt ?? 0));
  }
}

function recordOf(view: TemplateView): PutRecord {
  return { table: VERSIONS, key: `${view.name}~${view.version}`, value: view };
}
