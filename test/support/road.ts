// The example organization on the road from pilot to production: its policy, stages and workloads, and a system whose evidence arrives as files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestPath } from '../../src/cli/digest-folder.js';
import type { Classification } from '../../src/domain/classification.js';
import { parseDigest, sha256, type Digest } from '../../src/domain/digest.js';
import type { JsonObject } from '../../src/domain/payload.js';
import { rowMatches, type EvidenceRow } from '../../src/domain/policy-terms.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { readinessPolicy } from '../../src/policies/readiness-policy.js';
import { QUESTIONNAIRE } from '../../src/systems/shipped-questionnaire.js';
import { Acts, type Acted, type GateAnswer } from './acts.js';
import { adoptedBy } from './adopted.js';
import type { TestApp } from './app.js';
import { aRisk, estimated, inDays, LOW } from './materiality-stage.js';
import { readinessEvidence, type Piece } from './readiness-evidence.js';

/** The stages, each after the one before it. The last one is where everything is asked. */
export const STAGES = ['pilot', 'staging', 'canary', 'live'] as const;
export type StageName = (typeof STAGES)[number];
export const CLASSIFIED: Classification = { tier: 'MODERATE', euClass: 'LIMITED', flags: ['PERSONAL_DATA'] };

/** Answers that raise nothing: whoever judges by them may set any tier. */
export const MILDEST = QUESTIONNAIRE.questions.map(({ id: question }) => ({ question, option: 'a' }));

const MODEL = sha256('a model');

/** What is asked of such a system for production, and is met by evidence. */
export const ITEMS = itemsOf(CLASSIFIED);
/** Those who submit and verify what machines measure; nothing that they do is an act of a person. */
export const WORKLOADS = ['pipeline', 'checker', 'monitor'] as const;

export interface ItemShown { readonly requirement: string; readonly state: string }
export interface ReadinessShown { readonly verdict: string; readonly items: readonly ItemShown[]; readonly themes: readonly { readonly theme: string; readonly items: number; readonly green: number }[] }

/** A policy of its own, two stages between pilot and production, a pipeline that is watched by another one, and a monitor. */
export async function prepareRoad(app: TestApp): Promise<void> {
  const acts = new Acts(app);
  for (const [subject, role] of [['checker', 'DEPLOYER'], ['monitor', 'MONITOR']] as const) {
    await app.app.get(PeopleService).admit(app.as('ada'), { kind: 'SERVICE', issuer: BUILT_IN_ISSUER, subject, displayName: subject, function: null, grants: [{ role, lane: null }] });
  }
  await adoptedBy(acts);
  await acts.act('ada', 'createEnvironment', { input: { name: 'staging', kind: 'STAGING', previous: 'pilot' } });
  await acts.act('ada', 'createEnvironment', { input: { name: 'canary', kind: 'CANARY', previous: 'staging' } });
  await acts.act('ada', 'createEnvironment', { input: { name: 'live', kind: 'PRODUCTION', previous: 'canary' } });
}

export class Road {
  readonly acts: Acts;
  readonly #folder = mkdtempSync(join(tmpdir(), 'countersign-road-'));
  #files = 0;

  private constructor(readonly app: TestApp, readonly system: Acted, readonly risk: Acted, readonly release: Acted) {
    this.acts = new Acts(app);
  }

  /** A system with a confirmed risk and a release; nothing shows anything about it yet. */
  static async begin(app: TestApp): Promise<Road> {
    const acts = new Acts(app);
    const registered = await acts.act('sam', 'registerSystem', { input: { name: 'Case sorting', intendedPurpose: 'Sorts cases by topic.', owner: 'sam', developers: ['dana'], affectedGroups: ['applicants'], autonomy: 'RECOMMENDS' } });
    const answered = await acts.change('sam', 'answerTieringQuestionnaire', registered, { input: { answers: MILDEST, rationale: 'As it is built.' } });
    const assessed = await acts.change('hugo', 'assessTier', answered, { input: { ...CLASSIFIED, rationale: 'By the answers.' } });
    const system = await acts.change('lena', 'classifySystem', assessed, { input: { euClass: CLASSIFIED.euClass, roles: ['PROVIDER'], rationale: 'It sorts cases; people decide.' } });
    const logged = await acts.act('sam', 'logRisk', { system: system.id, input: aRisk() });
    const risk = await acts.change('rita', 'confirmRisk', await acts.change('sam', 'assessRisk', logged, { input: estimated(LOW) }));
    const components = [{ role: 'MODEL', name: 'model', digest: MODEL }, { role: 'IMAGE', name: 'image', digest: sha256('an image') }];
    const release = await acts.act('dana', 'createRelease', { system: system.id, input: { label: '1.0.0', components } });
    return new Road(app, system, risk, release);
  }

  /** What meets the items that apply, newly collected. */
  pieces(): Piece[] {
    const { system, risk, release } = this;
    return piecesFor({ system: system.number, risk: risk.number, model: MODEL, bundle: release.bundleDigest }, CLASSIFIED);
  }

  /** One file is written and submitted by whoever supplies its kind, and verified by somebody else. */
  async bring(piece: Piece, more: { readonly supersedes?: string; readonly subjectDigest?: string } = {}): Promise<Acted> {
    const { submitter, verifier } = partiesOf(piece.type);
    const submitted = await this.acts.act(submitter, 'submitEvidence', { system: this.system.id, input: { ...await this.#describe(piece), ...more } });
    return this.acts.change(verifier, 'verifyEvidence', submitted);
  }

  async #describe(piece: Piece): Promise<object> {
    return described(piece, { digest: await this.#write(piece.payload), bundle: this.release.bundleDigest });
  }

  async #write(payload: JsonObject): Promise<string> {
    this.#files += 1;
    const file = join(this.#folder, `${String(this.#files)}.json`);
    writeFileSync(file, JSON.stringify(payload, null, 2));
    return (await digestPath(file)).digest;
  }

  open(environment: StageName): Promise<Acted> {
    return this.acts.act('sam', 'openPromotion', { input: { release: this.release.id, environment, reason: 'The stage before has shown that it works.' } });
  }

  check(environment: StageName): Promise<GateAnswer> {
    return this.acts.gate('check', this.#question(environment));
  }

  async deploy(environment: StageName): Promise<GateAnswer> {
    const answer = await this.acts.gate('authorize', this.#question(environment));
    if (answer.grant !== null) await this.acts.act('pipeline', 'reportDeployment', { input: { grant: answer.grant.id, bundleDigest: this.release.bundleDigest, environment } });
    return answer;
  }

  readiness(environment: StageName): Promise<ReadinessShown> {
    return this.acts.read('rita', 'releaseReadiness', { question: this.#question(environment) }, 'verdict items { requirement state } themes { theme items green }');
  }

  end(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #question(environment: StageName): object {
    return { environment, target: { bundleDigest: this.release.bundleDigest }, system: this.system.id };
  }
}

/** Documents come from the team and are read by security; what a machine measures, another machine checks. */
export function partiesOf(type: string): { readonly submitter: string; readonly verifier: string } {
  const byPeople = ITEMS.some(({ evidenceType, suppliedBy }) => evidenceType === type && suppliedBy === 'HUMAN');
  if (byPeople) return { submitter: 'dana', verifier: 'kim' };
  return { submitter: type === 'monitoring_live' ? 'monitor' : 'pipeline', verifier: 'checker' };
}

export function itemsOf(classified: Classification): EvidenceRow[] {
  return readinessPolicy().document.requirements.filter((row): row is EvidenceRow => row.kind === 'EVIDENCE' && rowMatches(row.when, classified, () => ['PROVIDER']));
}

/** What meets the items of such a system, newly collected; `risk`: the number of one that the pilot has met. */
export function piecesFor({ system, risk, model, bundle }: { readonly system: string; readonly risk: string; readonly model: Digest; readonly bundle: string }, classified: Classification): Piece[] {
  const types = new Set(itemsOf(classified).map(({ evidenceType }) => evidenceType));
  const all = readinessEvidence({ model, bundle: parseDigest(bundle, 'bundleDigest'), system, now: new Date().toISOString() }).filter(({ type }) => types.has(type));
  return all.map((piece) => (piece.type === 'pilot_report' ? { ...piece, payload: { ...piece.payload, limitsFound: [{ riskId: risk }] } } : piece));
}

/** As it is submitted. */
export function described({ type, payload, about }: Piece, { digest, bundle }: { readonly digest: string; readonly bundle: string }): object {
  return { type, title: type.replaceAll('_', ' '), digest, subjectDigest: about === 'RELEASE' ? bundle : null, payload, collectedAt: inDays(0), validUntil: inDays(30) };
}

/** The themes of which every item lets the release through. */
export function greenThemes({ themes }: ReadinessShown): string[] {
  return themes.filter(({ items, green }) => items === green).map(({ theme }) => theme);
}
