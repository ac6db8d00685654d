/** The chapter of taxonomies: the catalogues of public frameworks that risks refer to. */
import { Module } from '@nestjs/common';
import { CatalogueService } from './catalogue.service.js';
import { FrameworkNodesResolver, FrameworksResolver } from './taxonomies.resolver.js';

@Module({ providers: [CatalogueService, FrameworksResolver, FrameworkNodesResolver], exports: [CatalogueService] })
export class TaxonomiesModule {}
