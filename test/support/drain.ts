/** Resolves after all work that waits only for promises. */
export async function drain(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
