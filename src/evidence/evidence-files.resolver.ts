/** What a piece of evidence shows of its file. */
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { EvidenceFile } from '../domain/evidence-file.js';
import { Ctx } from '../identity/authentication.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { EvidenceFileModel, showFile } from './evidence-files.graphql.js';
import { EvidenceFilesService } from './evidence-files.service.js';
import { EvidenceModel } from './evidence.graphql.js';

@Resolver(() => EvidenceModel)
export class EvidenceFilesResolver {
  constructor(private readonly files: EvidenceFilesService) {}

  @ResolveField(() => EvidenceFileModel, { nullable: true, description: 'The bytes with this digest, as they were uploaded for this system; null = they lie somewhere else.' })
  async file(@Ctx() ctx: RequestContext, @Parent() { systemId, contentDigest }: EvidenceModel): Promise<EvidenceFileModel | null> {
    const file = await loadOne(ctx, 'evidenceFile', keyOf({ systemId, contentDigest }), async (keys) => {
      const files = await this.files.byDigests(ctx, keys.map((key) => key.slice(key.indexOf(' ') + 1)));
      return new Map(files.map((one) => [keyOf(one), one]));
    });
    return file === null ? null : showFile(file);
  }
}

/** The same bytes for two systems are two records. */
function keyOf({ systemId, contentDigest }: Pick<EvidenceFile, 'systemId' | 'contentDigest'>): string {
  return `${systemId} ${contentDigest}`;
}
