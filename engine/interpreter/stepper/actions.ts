import { StepperAssertion } from './stepperAssertion.ts';
import type { SavedWorld, World } from './world.ts';

/** The actions of a test on a world. Each can be undone. */
export class Actions {
  readonly #world: World;
  readonly #saved: SavedWorld[] = [];
  readonly #names: string[] = [];
  #isRunning = false;
  /** Requests that the action that runs has sent within itself. */
  #requests = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** In order, each as the test wrote it. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Runs an action. When it throws, it is undone: only a failed assertion stays, so that the test can look at
   * it. An action within another one is a part of it.
   */
  run(name: string, action: () => void): void {
    if (this.#isRunning) {
      action();
      return;
    }
    this.#saved.push(this.#world.save());
    this.#names.push(name);
    this.#world.action = this.#names.length;
    this.#isRunning = true;
    this.#requests = 0;
    try {
      action();
    } catch (error) {
      if (!(error instanceof StepperAssertion)) this.undo(1);
      throw error;
    } finally {
      this.#isRunning = false;
    }
  }

  /** The id of the next request: the number of its action, and its own number within a larger one. */
  newRequestId(): string {
    if (!this.#isRunning) return `request-${this.#names.length + 1}`;
    this.#requests += 1;
    return `request-${this.#names.length}.${this.#requests}`;
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
