/** The target types that can match an agent here. */
export const TargetType = {
  AGENT: 'A',
  PLACE: 'AP',
  AGENT_GROUP: 'GA',
  PLACE_GROUP: 'GP',
  CAMPAIGN_GROUP: 'GC',
} as const;

/** All target types. urs-routing 2. */
export const TARGET_TYPES: readonly string[] = [
  'A',
  'AP',
  'C',
  'DL',
  'DN',
  'GA',
  'GC',
  'GP',
  'GQ',
  'Q',
  'RP',
];
