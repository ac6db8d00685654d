/** How imports are told, and where exports are. */
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { RefusalCode } from '../domain/refusal.js';
import { publishEnum, RefusalCodeEnum, TotalCountModel } from '../platform/graphql-types.js';
import type { RowOutcome } from './risk-import.js';
import { MAX_REPORTED } from './risk-import.service.js';

const RowOutcomeEnum = publishEnum('RowOutcome', ['CREATED', 'UPDATED', 'UNCHANGED'], 'What the row of an import has done, or would do in a dry run.', {
  CREATED: { description: 'There was no such risk: it was logged.' },
  UPDATED: { description: 'The risk said something else: it was edited, by the rules of editRisk. If the row brings a version, the risk was at that version.' },
  UNCHANGED: { description: 'The risk says it already: nothing was written.' },
});

@ObjectType('ImportedRow', { description: 'A row of an import that was taken.' })
export class ImportedRowModel {
  @Field(() => Int, { description: 'Where the row begins in the file, counted from 1; the header is a line too.' }) line!: number;
  @Field(() => RowOutcomeEnum, { description: 'Whether it made a new risk, changed one, or found all said.' }) outcome!: RowOutcome;
  @Field(() => String, { nullable: true, description: 'The short name of its risk, such as R-142; null in a dry run for one that does not exist yet.' }) number!: string | null;
  @Field(() => Int, { description: 'The version of its risk once the row is taken: brought with the next change of it, that writes over nothing else.' }) version!: number;
}

@ObjectType('ImportError', { description: 'Something that is wrong with one row. The row was left out, all others were taken.' })
export class ImportErrorModel {
  @Field(() => Int, { description: 'Where the row begins in the file, counted from 1; the header is a line too.' }) line!: number;
  @Field(() => String, { nullable: true, description: 'The column of the cell, such as owner; null when it is the row as a whole.' }) field!: string | null;
  @Field(() => RefusalCodeEnum, { description: 'The kind of mistake, in the words of the same catalogue as every refusal.' }) code!: RefusalCode;
  @Field(() => String, { description: 'What is wrong, for the person who mends the file.' }) message!: string;
  @Field(() => Int, { nullable: true, description: 'With CONFLICT, the version at which the risk is now; otherwise null.' }) currentVersion!: number | null;
}

@ObjectType('RiskImport', { description: 'Outcome of reading a CSV file: counts over all rows, what each did to the register, and why others were refused.' })
export class RiskImportModel {
  @Field(() => Boolean, { description: 'True when nothing was written, and this is what an import would have done.' }) dryRun!: boolean;
  @Field(() => Int, { description: 'How many rows became new risks.' }) created!: number;
  @Field(() => Int, { description: 'How many rows changed a risk that was there.' }) updated!: number;
  @Field(() => Int, { description: 'How many rows say what the register says already.' }) unchanged!: number;
  @Field(() => Int, { description: 'How many rows were left out, each of them with at least one error.' }) failed!: number;
  @Field(() => [ImportedRowModel], { description: `The rows that were taken, in the order of the file; at most ${String(MAX_REPORTED)}.` }) rows!: readonly ImportedRowModel[];
  @Field(() => [ImportErrorModel], { description: `Everything that is wrong, in the order of the file; at most ${String(MAX_REPORTED)}.` }) errors!: readonly ImportErrorModel[];
  @Field(() => Boolean, { description: 'False when `rows` or `errors` was cut at its end; the four counts are always of the whole file.' }) isComplete!: boolean;
}

@ObjectType('RiskCsv', { description: 'The register as a CSV file: where to fetch it, and its content while it is small.' })
export class RiskCsvModel {
  @Field(() => String, { description: 'Path on this server under which the file streams to the same caller, such as /v1/risks.csv?system=SYS-9.' }) url!: string;
  @Field(() => TotalCountModel, { description: 'How many risks the file has, one row each beside the header.' }) rows!: TotalCountModel;
  @Field(() => String, { nullable: true, description: 'The whole file; null above 1000 rows or 4 MB: fetch it from `url` then.' }) content!: string | null;
}
