import type { ComponentChildren, JSX } from 'preact';
import './facts.css';

/** What is known of one thing, as `<Fact>` elements: side by side, or below each other in a column. */
export function Facts({
  isColumn = false,
  children,
}: {
  readonly isColumn?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return <dl class={`facts card ${isColumn ? 'facts-column' : ''}`}>{children}</dl>;
}

export function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
