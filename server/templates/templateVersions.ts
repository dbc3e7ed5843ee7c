import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { TemplateView } from './templateView.ts';

/** Key: `<template>~<version>`. */
const VERSIONS = 'templateVersion';

/** Every version of a template that was uploaded, also after others have replaced it. */
export class TemplateVersions {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
  }

  /** Joins the commit that makes it the present version. */
  batchOf(view: TemplateView): Batch {
    return { put: [{ table: VERSIONS, key: keyOf(view.name, view.version ?? ''), value: view }] };
  }

  /** Newest first. Versions that a server uploaded before it kept them are not known. */
  list(name: string): readonly TemplateView[] {
    const found = [...this.#durable.scan<TemplateView>(VERSIONS, { prefix: `${name}~` })];
    return found.map(({ value }) => value).sort((a, b) => (b.uploadedAt ?? 0) - (a.uploadedAt ?? 0));
  }

  get(name: string, version: string): TemplateView | undefined {
    return this.#durable.get<TemplateView>(VERSIONS, keyOf(name, version));
  }
}

function keyOf(name: string, version: string): string {
  return `${name}~${version}`;
}
