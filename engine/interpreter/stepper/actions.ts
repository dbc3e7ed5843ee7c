import { StepperAssertion } from './stepperAssertion.ts';
import type { Mark, World } from './world.ts';

/** The actions of a test on a world. Each can be undone. */
export class Actions {
  readonly #world: World;
  readonly #marks: Mark[] = [];
  readonly #names: string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** In order, each as the test wrote it. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Runs an action. When it throws, it is undone: only a failed assertion stays, so that the test can look at it. */
  run(name: string, action: () => void): void {
    this.#marks.push(this.#world.mark());
    this.#names.push(name);
    this.#world.action = this.#names.length;
    try {
      action();
    } catch (error) {
      if (!(error instanceof StepperAssertion)) this.undo(1);
      throw error;
    }
  }

  undo(count: number): void {
    const mark = this.#marks[this.#marks.length - count];
    if (!mark || count < 1) {
      throw new RangeError(`Expected to go back 1 to ${this.#marks.length} actions, got ${count}.`);
    }
    this.#world.restore(mark);
    this.#marks.length -= count;
    this.#names.length -= count;
    this.#world.action = this.#names.length;
  }
}
