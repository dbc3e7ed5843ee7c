/** A frame (engine/host/children/frames.ts) with anything in the place of its messages, and behind them. */
export function rawFrame(text: string, kept = ''): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(Buffer.byteLength(text), 0);
  header.writeUInt32BE(Buffer.byteLength(kept), 4);
  return Buffer.concat([header, Buffer.from(text), Buffer.from(kept)]);
}
