/** GraphQL entry points for the questionnaire, its answers, and the tier that they give. */
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { answersOf } from '../domain/tier-assessment.js';
import { checkAnswers } from '../domain/tiering.js';
import { driversOf, loweringsOf } from '../domain/tiering-explained.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { Turns } from '../platform/turns.js';
import { showQuestionnaire, TieringQuestionnaireModel } from './questionnaire.graphql.js';
import { QUESTIONNAIRE } from './shipped-questionnaire.js';
import { AiSystemModel, showSystem } from './systems.graphql.js';
import { SystemsQueries } from './systems.queries.js';
import { SystemsService } from './systems.service.js';
import { AnswerTieringArgs, PreviewTierArgs, showAnswers, showScore, TierDriverModel, TieringAnswersModel, TieringModel, TierLoweringModel, TierScoreModel } from './tiering.graphql.js';

@Resolver(() => AiSystemModel)
export class TieringResolver {
  constructor(private readonly service: SystemsService, private readonly queries: SystemsQueries) {}

  @Query(() => TieringQuestionnaireModel, { description: 'The questionnaire in use: what is asked about a system, and what each answer makes of its tier.' })
  tieringQuestionnaire(): TieringQuestionnaireModel {
    return showQuestionnaire(QUESTIONNAIRE);
  }

  @Query(() => TierScoreModel, { description: 'Which tier answers and a class would give, of a system or of nobody. Writes nothing.' })
  async previewTier(@Ctx() ctx: RequestContext, @Args() { system: reference, answers, euClass }: PreviewTierArgs): Promise<TierScoreModel> {
    const system = reference === null ? null : showSystem(await this.queries.system(ctx, reference));
    const given = answers === null ? null : checkAnswers(QUESTIONNAIRE, answers, 'answers');
    return showScore(given ?? (system === null ? null : answersOf(system)) ?? {}, euClass ?? system?.euClass ?? 'UNCLASSIFIED');
  }

  @Mutation(() => AiSystemModel, { description: 'Answers the questionnaire for a system: done by its team. Whoever answers has a part in the system from then on, and votes neither on it nor sets its tier. The tier holds once a risk officer has assessed it.' })
  async answerTieringQuestionnaire(@Ctx() ctx: RequestContext, @Args() { input, ...change }: AnswerTieringArgs): Promise<AiSystemModel> {
    return showSystem(await this.service.answer(ctx, change, input));
  }

  @ResolveField(() => TieringModel, { nullable: true, description: 'The latest answers to the questionnaire and the tier that they give; null = nobody has answered.' })
  tiering(@Parent() { tieringAnswers, euClass }: AiSystemModel): TieringModel | null {
    const latest = tieringAnswers.at(-1);
    return latest === undefined ? null : { answers: showAnswers(latest, tieringAnswers.length - 1), score: showScore(latest.answers, euClass) };
  }

  @ResolveField(() => [TieringAnswersModel], { description: 'Every set of answers that was given, oldest first; only the last is held against an assessment.' })
  tieringAnswers(@Parent() { tieringAnswers }: AiSystemModel): TieringAnswersModel[] {
    return tieringAnswers.map(showAnswers);
  }
}

/** Every pair of answers is looked at, for as many scores as somebody asks about: the gate answers in between. */
const LOOKING = new Turns();

@Resolver(() => TierScoreModel)
export class TierScoreResolver {
  @ResolveField(() => [TierDriverModel], { description: 'The five answers that weigh most: first what holds the tier up, then what adds most to the score.' })
  drivers(@Parent() { source }: TierScoreModel): readonly TierDriverModel[] {
    return driversOf(QUESTIONNAIRE, source.answers, source.euClass);
  }

  @ResolveField(() => [TierLoweringModel], { description: 'The least that would have to be otherwise for a lower tier, smallest first, at most ten: single answers, or else pairs. Empty where more is needed, or where the class holds it up.' })
  async lowerings(@Parent() { source }: TierScoreModel): Promise<readonly TierLoweringModel[]> {
    return LOOKING.take(() => loweringsOf(QUESTIONNAIRE, source.answers, source.euClass));
  }
}

@Resolver(() => TieringAnswersModel)
export class TieringAnswersResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'The person of the team who answered, and who has had a part in the system since.' })
  async answeredBy(@Ctx() ctx: RequestContext, @Parent() { answeredById }: TieringAnswersModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, answeredById);
  }
}
