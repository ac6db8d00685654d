import { describe, expect, test } from '@jest/globals';
import { findNode } from '../domain/taxonomy.js';
import { DIMENSIONS, type Dimension } from '../domain/tiering-questionnaire.js';
import { shippedCatalogues } from '../taxonomies/shipped-catalogues.js';
import { QUESTIONNAIRE } from './shipped-questionnaire.js';

describe('the questionnaire that ships', () => {
  test('asks 26 questions in four dimensions', () => {
    const asked = (dimension: Dimension): number => QUESTIONNAIRE.questions.filter((question) => question.dimension === dimension).length;

    expect(DIMENSIONS.map((dimension) => [dimension, asked(dimension)])).toEqual([['materiality', 7], ['complexity', 7], ['autonomy', 6], ['exposure', 6]]);
  });

  test('rests on nodes of the catalogues that ship', () => {
    const catalogues = shippedCatalogues();
    const basis = QUESTIONNAIRE.questions.flatMap((question) => question.basis);

    expect(basis.length).toBeGreaterThan(20);
    expect(basis.filter((reference) => findNode(reference, catalogues)?.reference !== reference)).toEqual([]);
  });
});
