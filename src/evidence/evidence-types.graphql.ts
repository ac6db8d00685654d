/** How the types of evidence that the product knows are shown. */
import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { JsonObject as JsonObjectValue } from '../domain/payload.js';
import { JsonObject } from '../platform/graphql-types.js';
import { fieldsOf } from './catalogue/evidence-types.js';
import type { EvidenceType } from './catalogue/terms.js';

@ObjectType('EvidenceType', { description: 'A kind of evidence that the product knows: what a file of it shows, and which values are handed in beside it for policies to ask about.' })
export class EvidenceTypeModel {
  @Field(() => ID, { description: 'What a piece of evidence names as its type, such as evaluation_run; stable for ever.' }) id!: string;
  @Field(() => String, { description: 'What people call it, such as Run of an evaluation.' }) title!: string;
  @Field(() => String, { description: 'What a good file of this kind proves, in one sentence.' }) shows!: string;
  @Field(() => [String], { description: 'Every value that a payload may hold, with the way to it, such as metrics[].threshold.' }) fields!: string[];
  @Field(() => [String], { description: 'Those among them that have to be there, each wherever what it stands in is there.' }) required!: string[];
  @Field(() => JsonObject, { description: 'What a payload has to be, as JSON Schema (draft-07), with a description of each value. Other fields are refused.' }) schema!: JsonObjectValue;
  @Field(() => JsonObject, { description: 'A payload that would be taken, to begin with.' }) example!: JsonObjectValue;
}

export function showEvidenceType({ id, title, shows, payload, example }: EvidenceType): EvidenceTypeModel {
  return {
    id, title, shows, example, fields: fieldsOf(payload, { onlyRequired: false }), required: fieldsOf(payload, { onlyRequired: true }),
    schema: { $schema: 'http://json-schema.org/draft-07/schema#', title, ...payload },
  };
}
