import type { Attribute } from '../document/model.ts';
import type { ContentHost } from './contentHost.ts';

/** The text of an attribute that is literal or computed; absent stays undefined. */
export function attributeText(host: ContentHost, attribute: Attribute | undefined): string | undefined {
  if (!attribute) return undefined;
  if ('literal' in attribute) return attribute.literal;
  return host.data.text(attribute.expr.slot);
}
