import type { SourceLocation, StateNode, Transition } from './model.ts';
import type { XmlElement } from './xmlTree.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A state while its subtree is read. */
export type DraftState = Mutable<
  Omit<StateNode, 'children' | 'transitions' | 'onentry' | 'onexit' | 'invokes' | 'data'>
> & {
  children: number[];
  transitions: number[];
  onentry: StateNode['onentry'][number][];
  onexit: StateNode['onexit'][number][];
  invokes: StateNode['invokes'][number][];
  data: StateNode['data'][number][];
  element: XmlElement;
};

/** A transition while its content is read and its targets are names only. */
export type DraftTransition = Mutable<Transition> & {
  readonly role: 'normal' | 'initial' | 'history';
  targetIds: readonly string[];
  readonly targetsAt: SourceLocation;
};
