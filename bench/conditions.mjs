/** What paying for what they look at costs conditions of the usual kind: each asked as it is, and asked of the library alone. */
import { Environment } from '@marcbachmann/cel-js';
import { NotingClock } from '../dist/src/domain/clock.js';
import { compile, newBudget } from '../dist/src/domain/expression.js';
import { declareModel, ModelClock } from '../dist/src/domain/expression-model.js';

const [ROUNDS, BATCH] = [15, 4000];
const PAYLOAD = {
  accuracy: 0.93, failedBlocking: 0, decision: 'PROCEED', tags: ['a', 'b', 'c'], metrics: Array.from({ length: 8 }, (_, n) => ({ name: `m${n}`, value: 0.9, target: 0.8 })), groups: Array.from({ length: 40 }, (_, n) => ({ name: `g${n}`, rate: 0.1 })),
};
const CONDITIONS = [
  'payload.accuracy >= 0.9 && payload.failedBlocking == 0', 'payload.decision in ["PROCEED", "PROCEED_WITH_CONDITIONS"]', 'payload.metrics.all(m, m.value >= m.target)', 'has(payload.accuracy) && payload.tags.exists(t, t == "b")',
  'payload.groups.all(a, a.rate <= 0.8 || payload.groups.exists(b, b.name != a.name && b.rate > 0.8))',
];
const clock = new NotingClock('2026-11-26T09:00:00.000Z');
const environment = new Environment({ homogeneousAggregateLiterals: false });
declareModel(environment, 'EVIDENCE');

for (const source of CONDITIONS) {
  const expression = compile(source, 'EVIDENCE');
  const alone = environment.parse(source);
  alone.check();
  const ratios = Array.from({ length: ROUNDS }, () => {
    const bare = timed(() => alone({ ...{ payload: PAYLOAD }, clock: new ModelClock(clock, 'bench') }));
    return timed(() => expression.holds({ values: { payload: PAYLOAD }, clock, ref: 'bench', budget: newBudget() })) / bare;
  }).sort((a, b) => a - b);
  console.log(`${ratios[ROUNDS >> 1].toFixed(2)} × ${source}`);
}

function timed(work) {
  const begun = performance.now();
  for (let i = 0; i < BATCH; i += 1) if (work() !== true) throw new Error('it should hold');
  return performance.now() - begun;
}
