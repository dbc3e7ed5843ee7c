/** A box of a level, or a point of its border where an arrow comes in or goes out. */
export interface LevelNode {
  /** Sizes left and right of the line on which the node is aligned with its neighbours. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** A point at the border of the level. */
  readonly border?: 'top' | 'bottom';
}

/** An arrow between two nodes of a level, whatever its direction: the upper one comes earlier. */
export interface LevelEdge {
  readonly upper: number;
  readonly lower: number;
  /** Where the arrow leaves the bottom of the upper node, from its left side; absent: anywhere. */
  readonly upperPort?: number;
  /** Where it reaches the top of the lower node. */
  readonly lowerPort?: number;
  readonly label?: { readonly width: number; readonly height: number };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A level with places, from the upper left corner. */
export interface PlacedLevel {
  readonly width: number;
  readonly height: number;
  /** The left upper corner of each node. */
  readonly nodes: readonly Point[];
  /** The way of each edge, from its upper to its lower node, and the left upper corner of its label. */
  readonly edges: readonly { readonly points: readonly Point[]; readonly label?: Point }[];
}
