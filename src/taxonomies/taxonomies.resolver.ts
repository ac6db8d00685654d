/** GraphQL entry points for the catalogues of public frameworks, and for proposals of what a risk could refer to. */
import { Args, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { findNode, requireFramework, requireNode } from '../domain/taxonomy.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { CatalogueService } from './catalogue.service.js';
import {
  FrameworkArgs, FrameworkModel, FrameworkNodeArgs, FrameworkNodeConnection, FrameworkNodeLabelModel, FrameworkNodeModel, FrameworkNodesArgs, showFramework, showNode, showSuggestion, SuggestTaxonomyArgs, TaxonomySuggestionModel,
} from './taxonomies.graphql.js';

@Resolver(() => FrameworkModel)
export class FrameworksResolver {
  constructor(private readonly service: CatalogueService) {}

  @Query(() => [FrameworkModel], { description: 'Every framework that risks can refer to, in the order of their ids; superseded editions included.' })
  frameworks(): FrameworkModel[] {
    return this.service.frameworks().map(showFramework);
  }

  @Query(() => FrameworkModel, { description: 'One edition of a framework. Refused as NOT_FOUND, with the nearest ids that are known, when there is none.' })
  framework(@Args() { id }: FrameworkArgs): FrameworkModel {
    return showFramework(requireFramework(id, this.service.catalogues));
  }

  @Query(() => [TaxonomySuggestionModel], { description: 'What a risk with this text is likely to refer to, best first. Superseded and withdrawn entries are never proposed; nothing is stored.' })
  suggestTaxonomy(@Args() { text, first }: SuggestTaxonomyArgs): TaxonomySuggestionModel[] {
    return this.service.suggest(text, first).map(showSuggestion);
  }

  @ResolveField(() => Int, { description: 'How many entries its catalogue lists, groups included.' })
  nodeCount(@Parent() framework: FrameworkModel): number {
    return this.service.nodesOf(framework.id).length;
  }
}

@Resolver(() => FrameworkNodeModel)
export class FrameworkNodesResolver {
  constructor(private readonly service: CatalogueService) {}

  @Query(() => FrameworkNodeModel, { description: 'The entry that a reference points to. Refused as NOT_FOUND, with the nearest references that are known, when there is none.' })
  frameworkNode(@Args() { reference }: FrameworkNodeArgs): FrameworkNodeModel {
    return showNode(requireNode(reference, this.service.catalogues));
  }

  @Query(() => FrameworkNodeConnection, { description: 'The entries of a framework in the order of the publication, page by page.' })
  frameworkNodes(@Args() { framework, first, after, ...filter }: FrameworkNodesArgs): Connection<FrameworkNodeModel> {
    return toConnection(this.service.page(requireFramework(framework, this.service.catalogues), filter, { first, after }), showNode);
  }

  @ResolveField(() => FrameworkModel, { description: 'The publication, in its edition, that this entry is of.' })
  framework(@Parent() { frameworkId }: FrameworkNodeModel): FrameworkModel {
    return showFramework(requireFramework(frameworkId, this.service.catalogues));
  }

  @ResolveField(() => FrameworkNodeLabelModel, { nullable: true, description: 'The entry directly above; null at the top.' })
  parent(@Parent() { node }: FrameworkNodeModel): FrameworkNodeLabelModel | null {
    return node.parent === null ? null : findNode(node.parent, this.service.catalogues);
  }

  @ResolveField(() => [FrameworkNodeModel], { description: 'The entries directly below, in the order of the publication.' })
  children(@Parent() { node }: FrameworkNodeModel): FrameworkNodeModel[] {
    return this.service.childrenOf(node).map(showNode);
  }

  @ResolveField(() => String, { nullable: true, description: 'Address of the publication; null = not recorded.' })
  sourceUrl(@Parent() { frameworkId }: FrameworkNodeModel): string | null {
    return requireFramework(frameworkId, this.service.catalogues).sourceUrl;
  }
}
