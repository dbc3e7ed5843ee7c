// @ts-check

/**
 * A call waits for its targets. After a minute the agents of the parameter OVERFLOW count too. Start it with
 * `/urs/call/start?strategy=Overflow&VQ_TARGET=Billing@.GA&OVERFLOW=Sales@.GA`, or add OVERFLOW to the option
 * `_urs_extension_data` of a service. The configuration names this file:
 *
 *   "routing": { "strategies": { "Overflow": "strategies/overflow.mjs" } }
 */
const AFTER_MS = 60_000;

/** @param {any} kit */
export default function overflow({ planRoute, waitForTarget }) {
  return {
    machine: waitForTarget,
    /** @param {any} call */
    plan(call) {
      const target = call.data.OVERFLOW;
      const plan = planRoute(call);
      if (target === undefined) return plan;
      const steps = plan.steps.map((/** @type {any} */ step) => ({ timeoutMs: AFTER_MS, ...step }));
      return { ...plan, steps: [...steps, { target, clear: false }] };
    },
  };
}
