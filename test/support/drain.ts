/** Lets everything that waits only for promises go on. */
export async function drain(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
