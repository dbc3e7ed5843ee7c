/** A template, or one of its versions. */
export interface TemplateView {
  readonly name: string;
  readonly origin: 'installed' | 'uploaded';
  /** Hash of the content; only of an uploaded template. */
  readonly version?: string;
  readonly files: readonly string[];
  /** ms since epoch. */
  readonly uploadedAt?: number;
}
