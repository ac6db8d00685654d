import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './digest.js';
import { questionnaireOf, type QuestionnaireDocument } from './tiering-questionnaire.js';

const SHIPPED = JSON.parse(readFileSync(join(import.meta.dirname, '../systems/tiering-questionnaire.json'), 'utf8')) as QuestionnaireDocument;

type Questions = QuestionnaireDocument['questions'];
type OptionDocument = Questions[number]['options'][number];

/** The shipped document, its first question otherwise. */
function asking(more: Partial<Questions[number]>): QuestionnaireDocument {
  return { ...SHIPPED, questions: SHIPPED.questions.map((question, i) => (i === 0 ? { ...question, ...more } : question)) };
}

/** The shipped document, one option of its first question otherwise. */
function offering(at: number, more: Partial<OptionDocument>): QuestionnaireDocument {
  return asking({ options: SHIPPED.questions[0]!.options.map((option, i) => (i === at ? { ...option, ...more } : option)) });
}

function scoring(more: Partial<QuestionnaireDocument['scoring']>): QuestionnaireDocument {
  return { ...SHIPPED, scoring: { ...SHIPPED.scoring, ...more } };
}

describe('a questionnaire', () => {
  test('is its document, named by the digest of that, with what an option leaves out', () => {
    const { digest, questions } = questionnaireOf(SHIPPED);

    expect(digest).toBe(digestOf(SHIPPED));
    expect(questions).toHaveLength(26);
    expect(questions[0]?.options.map(({ floor, flags }) => [floor, flags])).toEqual([[null, []], [null, []], [null, []], ['HIGH', []], ['CRITICAL', ['SAFETY_IMPACT']]]);
  });

  test.each<[string, QuestionnaireDocument, string]>([
    ['that asks twice under one name', asking({ id: 'M2' }), 'M2 is there twice'],
    ['whose question has the name of a floor', asking({ id: 'CF1' }), 'CF1 is there twice'],
    ['with a dimension of its own', asking({ dimension: 'beauty' as never }), 'M1 is of no dimension that is known'],
    ['that asks nothing about autonomy', { ...SHIPPED, questions: SHIPPED.questions.filter(({ dimension }) => dimension !== 'autonomy'), compoundFloors: [] }, 'nothing is asked about autonomy'],
    ['with a weight of nothing', asking({ weight: 0 }), 'the weight of M1 is no number of tenths'],
    ['with a weight too fine', asking({ weight: 0.25 }), 'the weight of M1 is no number of tenths'],
    ['without a mild option', offering(0, { score: -1 }), 'M1 does not begin with an option that scores 0'],
    ['with one option twice', offering(1, { id: 'a' }), 'M1 has two options a'],
    ['with a score beyond the scale', offering(4, { score: 5 }), 'M1e scores no whole number up to 4'],
    ['with an unknown floor', offering(4, { floor: 'EXTREME' as never }), 'M1e has a floor or a flag that is not known'],
    ['with an unknown flag', offering(4, { flags: ['FANCY' as never] }), 'M1e has a floor or a flag that is not known'],
    ['whose worse option scores less', offering(3, { score: 1 }), 'M1d scores, raises or flags less than the option before it'],
    ['whose worse option raises less', offering(4, { floor: 'MODERATE' }), 'M1e scores, raises or flags less than the option before it'],
    ['whose worse option flags less', offering(1, { flags: ['AGENTIC'] }), 'M1c scores, raises or flags less than the option before it'],
    ['that looks at what it does not ask', { ...SHIPPED, compoundFloors: [{ ...SHIPPED.compoundFloors[0]!, when: { all: [{ question: 'Z1', from: 1 }] } }] }, 'CF1 looks at Z1, which is not asked'],
    ['with a floor of no answers', { ...SHIPPED, compoundFloors: [{ ...SHIPPED.compoundFloors[0]!, when: { all: [] } }] }, 'CF1 says neither "all" nor "any" of something'],
    ['with an unknown class', { ...SHIPPED, classFloors: { ...SHIPPED.classFloors, ODD: 'HIGH' } as never }, 'ODD has no floor that is known'],
    ['whose shares are not the whole', scoring({ dimension: { mean: 0.7, peak: 0.4 } }), 'shares are no hundredths that add up to 1'],
    ['in which a dimension counts twice', scoring({ propensity: { complexity: 0.5, materiality: 0.5 } }), 'a dimension counts not at all or twice'],
    ['whose bands fall', scoring({ bands: [42, 25, 60, 78] }), 'there are no five bands that rise'],
    ['whose matrix is too small', scoring({ matrix: SHIPPED.scoring.matrix.slice(1) }), 'the matrix has no five rows of five'],
    ['whose matrix falls', scoring({ matrix: SHIPPED.scoring.matrix.toReversed() }), 'the matrix falls, or has a level that is not known'],
    ['whose tiers fall', scoring({ tiers: { ...SHIPPED.scoring.tiers, VERY_HIGH: 'MINIMAL' } }), 'the tiers fall, or one is not known'],
  ])('%s is none', (_, document, problem) => {
    expect(() => questionnaireOf(document)).toThrow(new Error(`tiering-default 1.0.0 is no questionnaire: ${problem}.`));
  });
});
