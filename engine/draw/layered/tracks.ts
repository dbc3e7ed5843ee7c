/** A piece of an edge in the gap between two layers, from x `from` above to x `to` below. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Room between two horizontal lines. */
export const TRACK = 8;
/** Vertical lines that are nearer would be seen as one. */
const NEAR = 4;
/** Passes in which neighbouring lines change places. */
const PASSES = 12;

/**
 * The track of the horizontal line of each piece, counted from above; -1 for a piece that is straight. The
 * order has few crossings, and vertical lines of two pieces do not lie on each other.
 */
export function tracksOf(pieces: readonly Piece[]): readonly number[] {
  const order = pieces.map((_, piece) => piece).filter((piece) => !isStraight(pieces[piece]!));
  order.sort((a, b) => weightOf(pieces[a]!) - weightOf(pieces[b]!) || a - b);
  for (let pass = 0; pass < PASSES; pass++) {
    let changed = false;
    for (let at = 1; at < order.length; at++) {
      const [a, b] = [pieces[order[at - 1]!]!, pieces[order[at]!]!];
      if (cost(a, b) <= cost(b, a)) continue;
      [order[at - 1], order[at]] = [order[at]!, order[at - 1]!];
      changed = true;
    }
    if (!changed) break;
  }
  const tracks = new Array<number>(pieces.length).fill(-1);
  for (const [at, piece] of order.entries()) {
    let track = 0;
    for (const earlier of order.slice(0, at)) {
      if (overlap(pieces[earlier]!, pieces[piece]!)) track = Math.max(track, tracks[earlier]! + 1);
    }
    tracks[piece] = track;
  }
  return tracks;
}

export function isStraight({ from, to }: Piece): boolean {
  return Math.abs(from - to) < 0.5;
}

/** Pieces to the right: those that end further right are above. To the left: those that end further left. */
function weightOf({ from, to }: Piece): number {
  return to > from ? -from : from;
}

function overlap(a: Piece, b: Piece): boolean {
  return (
    Math.min(a.from, a.to) - NEAR < Math.max(b.from, b.to) &&
    Math.min(b.from, b.to) - NEAR < Math.max(a.from, a.to)
  );
}

/** Crossings when `a` is above `b`; lines that lie on each other count more. */
function cost(a: Piece, b: Piece): number {
  const isIn = (x: number, { from, to }: Piece): boolean => x > Math.min(from, to) && x < Math.max(from, to);
  // The lower line of the upper piece passes the level of the lower one, and the other way round.
  const crossings = Number(isIn(a.to, b)) + Number(isIn(b.from, a));
  return crossings + (Math.abs(a.to - b.from) < NEAR ? 10 : 0);
}
