/** GraphQL entry point for the types of evidence that the product knows. */
import { Query, Resolver } from '@nestjs/graphql';
import { EvidenceTypeModel, showEvidenceType } from './evidence-types.graphql.js';
import { EVIDENCE_TYPES } from './catalogue/evidence-types.js';

@Resolver(() => EvidenceTypeModel)
export class EvidenceTypesResolver {
  @Query(() => [EvidenceTypeModel], { description: 'Every type of evidence that the product knows, in the order of their ids. Evidence of other types is taken as well; of its payload nothing is checked.' })
  evidenceTypes(): EvidenceTypeModel[] {
    return EVIDENCE_TYPES.map(showEvidenceType);
  }
}
