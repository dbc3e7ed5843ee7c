import type { BuildContext } from '../document/buildContext.ts';
import type { Action, Block } from '../document/model.ts';

/** Every action inside a block, those inside <if> and <foreach> too. */
export function* actionsIn(block: Block): Generator<Action> {
  for (const action of block) {
    yield action;
    if (action.kind === 'if') for (const { content } of action.branches) yield* actionsIn(content);
    if (action.kind === 'foreach') yield* actionsIn(action.content);
  }
}

/** Every action of the document but its global scripts. */
export function* actionsOf(context: BuildContext): Generator<Action> {
  for (const { onentry, onexit } of context.states) {
    for (const block of onentry) yield* actionsIn(block);
    for (const block of onexit) yield* actionsIn(block);
  }
  for (const { content } of context.transitions) yield* actionsIn(content);
  for (const { finalize } of context.invokes) yield* actionsIn(finalize);
}
