import type { Draft } from '../document/draft.ts';
import type { Action, Block } from '../document/model.ts';

/** Every action in a block, including those in <if> and <foreach>. */
export function* actionsIn(block: Block): Generator<Action> {
  for (const action of block) {
    yield action;
    if (action.kind === 'if') for (const { content } of action.branches) yield* actionsIn(content);
    if (action.kind === 'foreach') yield* actionsIn(action.content);
  }
}

/** Every action of the draft except its global scripts. */
export function* actionsOf(draft: Draft): Generator<Action> {
  for (const { onentry, onexit } of draft.states) {
    for (const block of onentry) yield* actionsIn(block);
    for (const block of onexit) yield* actionsIn(block);
  }
  for (const { content } of draft.transitions) yield* actionsIn(content);
  for (const { finalize } of draft.invokes) yield* actionsIn(finalize);
}
