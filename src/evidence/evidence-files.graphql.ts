/** How a file behind a piece of evidence is shown. */
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { EvidenceFile } from '../domain/evidence-file.js';
import { DateTime } from '../platform/graphql-types.js';
import { UPLOAD_PATH } from './file-body.js';

@ObjectType('EvidenceFile', { description: 'The bytes behind a piece of evidence, as this server keeps them: uploaded by POST /v1/evidence-files, named by their digest.' })
export class EvidenceFileModel {
  @Field(() => String, { nullable: true, description: 'What its sender called it, for people to read; null = it came without.' }) name!: string | null;
  @Field(() => String, { description: 'What the bytes turned out to be when they came, such as application/pdf.' }) mediaType!: string;
  @Field(() => Int, { description: 'How many bytes there are.' }) size!: number;
  @Field(() => DateTime, { description: 'When it was handed in, by the database’s clock.' }) storedAt!: string;
  @Field(() => String, { description: 'Where to get it on this server, by GET with a token; it comes as a file to be saved, its digest proved on the way.' }) downloadPath!: string;
}

export function showFile({ name, mediaType, size, storedAt, contentDigest }: EvidenceFile): EvidenceFileModel {
  return { name, mediaType, size, storedAt, downloadPath: `${UPLOAD_PATH}/${contentDigest}` };
}
