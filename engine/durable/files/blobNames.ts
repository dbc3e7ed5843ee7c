/** The end of the name of a file that is not complete. */
export const UNFINISHED = '.part';
/** A UUID, the number of bytes, and their CRC-32, in hexadecimal. */
const NAME = /^[0-9a-f-]{36}-([0-9a-f]+)-([0-9a-f]{8})$/;

/** The number of bytes and their CRC-32, as in the name of a blob. */
export function sumText(size: number, checksum: number): string {
  return `${size.toString(16)}-${checksum.toString(16).padStart(8, '0')}`;
}

/** The sum in the name of a blob; undefined: it is no such name. */
export function sumInName(name: string): string | undefined {
  const [, bytes, checksum] = NAME.exec(name) ?? [];
  return bytes === undefined ? undefined : `${bytes}-${checksum}`;
}
