/** A frame (engine/host/children/frames.ts) with any text in place of a message. */
export function rawFrame(text: string): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Buffer.byteLength(text), 0);
  return Buffer.concat([header, Buffer.from(text)]);
}
