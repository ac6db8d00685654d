/** How it is shown that a tier is to be judged again. */
import { Field, ObjectType } from '@nestjs/graphql';
import { TIERING_CAUSES, type TieringDue } from '../domain/tier-assessment.js';
import { DateTime, publishEnum } from '../platform/graphql-types.js';

export const TieringCauseEnum = publishEnum('TieringCause', TIERING_CAUSES, 'Why the tier of a system is to be judged again. It goes on holding until somebody does.', {
  ANSWERS_NEWER: { description: 'The questionnaire was answered, and nobody has judged by those answers yet.' },
  QUESTIONNAIRE_CHANGED: { description: 'Another edition of the questionnaire is in use than the one that was answered.' },
  SYSTEM_CHANGED: { description: 'Its intended purpose, its autonomy or the people whom it concerns changed after it was judged.' },
  INCIDENT: { description: 'A serious incident came up after it was judged: a finding of the source INCIDENT at HIGH or above, whatever has become of it.' },
  NEW_DATA: { description: 'A release after it was judged has a dataset under a name that the release before did not have; from the tier HIGH on, any other data.' },
  USE_GROWN: { description: 'A signal of monitoring (PEOPLE_AFFECTED_PER_YEAR, MONEY_MOVED_PER_YEAR) shows more than its team had answered.' },
  VALIDITY_ENDED: { description: 'It was judged longer ago than the policies in force let a judgement hold for this tier.' },
});

@ObjectType('TieringDue', { description: 'A reason to judge the tier of a system again, derived whenever it is asked for.' })
export class TieringDueModel {
  @Field(() => TieringCauseEnum, { description: 'What has happened that the present judgement does not know.' }) cause!: TieringDue['cause'];
  @Field(() => DateTime, { description: 'The instant at which it happened, in the past.' }) since!: string;
}
