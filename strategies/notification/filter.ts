/** Longest tag or filter. They are parts of store keys. */
export const MAX_TAG_LENGTH = 256;

/** Letters, digits and underscores; tags also hold service ids, with their hyphens (gms-api 8.3). */
const TAG = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
const FILTER = /^(?:\*|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:\.\*)?)$/;

/** gms-api 8.3: words of English alphanumerics, joined by dots. */
export function isTag(text: string): boolean {
  return text.length <= MAX_TAG_LENGTH && TAG.test(text);
}

/** A tag, or a tag followed by `.*`, or `*` alone. */
export function isFilter(text: string): boolean {
  return text.length <= MAX_TAG_LENGTH && FILTER.test(text);
}

/**
 * Every filter that matches the tag: `*`, `a.*`, `a.b.*`, ... and the tag itself. `a.*` matches all tags
 * that start with `a.` (gms-api 8.3: ors.* matches ors.agentavailability.agent123.available).
 */
export function filtersOf(tag: string): readonly string[] {
  const words = tag.split('.');
  const wildcards = words.slice(1).map((_, index) => `${words.slice(0, index + 1).join('.')}.*`);
  return ['*', ...wildcards, tag];
}
