import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

type TryLock = (file: number) => boolean;

/**
 * Takes the lock of the operating system on an open file, or returns false when another opening of the file
 * has it. The lock belongs to the opening and ends with it, also by SIGKILL. It reaches over PID namespaces,
 * so over containers that share the file. Undefined where the native module does not load.
 */
export const tryOsLock: TryLock | undefined = load();

function load(): TryLock | undefined {
  try {
    return (require('fs-native-extensions') as { readonly tryLock: TryLock }).tryLock;
  } catch {
    // No prebuilt module for this platform: the lock file is the only lock (directoryLock.ts).
    return undefined;
  }
}
