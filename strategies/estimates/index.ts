export { type AccuracyView, joinAccuracies } from './accuracy.ts';
export type { CallPhase, EstimatedCall, EstimatedRule, WaitEstimate, WaitQuestion } from './estimates.ts';
export {
  type CountedCalls,
  type EstimatorState,
  estimateTogether,
  QueueEstimator,
} from './queueEstimator.ts';
