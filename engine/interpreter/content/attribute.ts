import type { Attribute } from '../document/model.ts';
import type { ContentHost } from './contentHost.ts';

/** The text of a literal or computed attribute. Undefined when the attribute is absent. */
export function attributeText(host: ContentHost, attribute: Attribute | undefined): string | undefined {
  if (!attribute) return undefined;
  if ('literal' in attribute) return attribute.literal;
  return host.data.text(attribute.expr.slot);
}
