/** The questionnaire that ships with the product, checked when it is loaded. */
import { readFileSync } from 'node:fs';
import { questionnaireOf, type Questionnaire, type QuestionnaireDocument } from '../domain/tiering-questionnaire.js';

export const QUESTIONNAIRE: Questionnaire = questionnaireOf(JSON.parse(readFileSync(new URL('./tiering-questionnaire.json', import.meta.url), 'utf8')) as QuestionnaireDocument);
