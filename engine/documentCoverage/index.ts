export { Coverage, type DocumentCoverage } from './coverage.ts';
export {
  type CoverageCounts,
  countsOf,
  coverageLcov,
  coverageText,
  missedStates,
  missedTransitions,
  nameOf,
} from './coverageReports.ts';
