import { StepperAssertion } from './stepperAssertion.ts';
import type { SavedWorld, World } from './world.ts';

/** The actions of a test on a world. Each can be undone. */
export class Actions {
  readonly #world: World;
  readonly #saved: SavedWorld[] = [];
  readonly #names: string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** In order, each as the test wrote it. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Runs an action. When it throws, it is undone: only a failed assertion stays, so that the test can look at
   * it.
   */
  run(name: string, action: () => void): void {
    this.#saved.push(this.#world.save());
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
    const saved = this.#saved[this.#saved.length - count];
    if (!saved || count < 1) {
      throw new RangeError(`Expected to go back 1 to ${this.#saved.length} actions, got ${count}.`);
    }
    this.#world.restore(saved);
    this.#saved.length -= count;
    this.#names.length -= count;
    this.#world.action = this.#names.length;
  }
}
