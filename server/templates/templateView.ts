import type { ServiceOptions } from '../../strategies/options/index.ts';

/** A template, or one of its versions. */
export interface TemplateView {
  readonly name: string;
  readonly origin: 'installed' | 'uploaded';
  /** Hash of the content; only of an uploaded template. */
  readonly version?: string;
  readonly files: readonly string[];
  /** ms since epoch. */
  readonly uploadedAt?: number;
  /** Found in its manifest when it was uploaded; absent: it has none. */
  readonly manifest?: {
    readonly defaults: ServiceOptions;
    /** Options that no file of the template names. */
    readonly unread: readonly string[];
  };
}
