import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A zip archive of files, read one after the other while the archive is sent. */
export function writeZip(files: readonly string[], read: (path: string) => Promise<Uint8Array>): Readable {
  const zip = new ZipFile();
  void addAll(zip, files, read).catch((error: unknown) => {
    (zip.outputStream as Readable).destroy(error as Error);
  });
  return zip.outputStream as Readable;
}

async function addAll(
  zip: ZipFile,
  files: readonly string[],
  read: (path: string) => Promise<Uint8Array>,
): Promise<void> {
  for (const path of files) zip.addBuffer(Buffer.from(await read(path)), path);
  zip.end();
}
