/** The reviews of a gate case: its requests, what was shown for them, the votes with their conditions, and what was waived. */
import { GRANTORS, LANES, type Lane, type Principal } from './actor.js';
import { MEANING_OF } from './choice.js';
import { plusDays, plusMs, type Instant } from './clock.js';
import type { Condition } from './condition.js';
import type { Digest } from './digest.js';
import type { CaseVote } from './gate-case.js';
import { recorded, reviewerOf } from './gate-case-people.js';
import { classificationIn } from './gate-case-classes.js';
import type { Scene } from './gate-case-scene.js';
import { instantTold } from './gate-case-time.js';
import type { ReleaseFacts } from './gate-question.js';
import type { DecisionPackage, Stored } from './package.js';
import type { GatePolicy } from './policy.js';
import type { Promotion } from './promotion.js';
import type { SignOff } from './sign-off.js';
import type { Waiver } from './waiver.js';

/** What a vote or a waiver is about: a release for an environment. */
export interface Place { readonly release: string; readonly environment: string }

/** A scene with the packages of its moment, and the policy by which they were made. */
export interface Moment { readonly scene: Scene; readonly policy: GatePolicy; shown(place: Place): Shown }

/** A package with its digest. */
export interface Shown { readonly pkg: DecisionPackage; readonly digest: Digest }

/** Whoever voted or waived before the event saw what was there then, and everybody else what is there now. */
export interface Votes { readonly then: Moment; readonly now: Moment; readonly asked: Instant; readonly people: ReadonlyMap<string, Stored<Principal>> }

export type Reviews = Pick<ReleaseFacts, 'promotions' | 'signOffs' | 'conditions' | 'waivers' | 'packages'>;

const SYSTEM = 'SYS-1';
const REASON = 'I looked at it.';

export function reviewsOf(votes: Votes): Reviews {
  const { scene } = votes.now;
  const packages = new Map<Digest, DecisionPackage>();
  const show = (moment: Moment, place: Place): Digest => {
    const { pkg, digest } = moment.shown(place);
    packages.set(digest, pkg);
    return digest;
  };
  return {
    promotions: Object.keys(scene.promotions).map((number) => promotionOf(number, scene)),
    signOffs: Object.entries(scene.reviews).map(([name, vote]) => signOffOf(name, vote, votes, show)),
    conditions: Object.keys(scene.conditions).map((number) => conditionOf(number, scene)),
    waivers: Object.keys(scene.waivers).map((number) => waiverOf(number, votes, show)),
    packages: Object.fromEntries(packages),
  };
}

type Show = (moment: Moment, place: Place) => Digest;

export function placeOf({ release = '', environment = '' }: { readonly release?: string; readonly environment?: string }): Place {
  return { release, environment };
}

function promotionOf(number: string, { promotions }: Scene): Stored<Promotion> {
  const { state = 'OPEN', by = 'owner', opened = '10 days ago', ...where } = promotions[number] ?? {};
  const { release, environment } = placeOf(where);
  return recorded({
    id: number, number, version: 1, systemId: SYSTEM, releaseId: release, environmentId: environment, state, reason: 'First customers.', requestedBy: by, openedAt: instantTold(opened), packageDigest: `sha256:${number}`,
    lanes: [], ending: null, claims: [], due: null, predecessorId: null,
  });
}

function signOffOf(name: string, vote: CaseVote, { then, now, asked, people }: Votes, show: Show): Stored<SignOff> {
  const moment = name in then.scene.reviews ? then : now;
  const [text = '', by = vote.by ?? reviewerOf(text)] = name.split('/');
  const lanes: Lane[] = LANES.filter((lane) => lane === text);
  const { choice, for: number, attests, delegation = null, withdrawn } = { ...VOTE_IN_ORDER, ...vote };
  return recorded({
    id: name, number: `S-${name}`, version: 1, systemId: SYSTEM, subjects: [{ promotionId: number, packageDigest: show(moment, placeOf(now.scene.promotions[number] ?? {})), lanes }],
    choice, meaning: MEANING_OF[choice], statement: REASON, attests, ...signerOf(by, people), delegationId: delegation, challengeId: 'challenge', ...intervalOf(vote, moment, usually(moment === then, asked)),
    withdrawn: withdrawn === undefined ? null : { at: instantTold(withdrawn), reason: REASON }, signed: null, selfAttested: null,
  });
}

/** Somebody whom the case has taken away signed all the same, and is not known any more. */
function signerOf(name: string, people: Votes['people']): Pick<SignOff, 'signerId' | 'personId'> {
  const signer = people.get(name);
  return { signerId: signer?.id ?? name, personId: signer?.personId ?? name };
}

const VOTE_IN_ORDER = { choice: 'APPROVE', for: 'P-1', attests: [] } as const;

/** It lives as long as the policy lets a sign-off of the tier live. */
function intervalOf({ when, until }: CaseVote, { policy, scene }: Moment, usual: Instant): Pick<SignOff, 'signedAt' | 'validUntil'> {
  const signedAt = when === undefined ? usual : instantTold(when);
  return { signedAt, validUntil: until === undefined ? plusDays(signedAt, policy.validityDays[classificationIn(scene).tier]) : instantTold(until) };
}

/** What was there from the beginning was signed five days before; what came with the event, an hour before the question. */
function usually(before: boolean, asked: Instant): Instant {
  return before ? instantTold('5 days ago') : plusMs(asked, -3_600_000);
}

function conditionOf(number: string, { conditions }: Scene): Stored<Condition> {
  const { vote, acceptance = null, due = 'in 10 days', effect = 'BLOCK', state = 'OPEN' } = conditions[number] ?? {};
  const lane = LANES.find((known) => known === vote?.split('/')[0]) ?? 'RISK';
  return recorded({
    id: number, number, version: 1, systemId: SYSTEM, signOffId: acceptance === null ? vote ?? null : null, acceptanceId: acceptance, lanes: [lane], text: 'Limit the rate of requests.', evidence: 'A test report.',
    due: instantTold(due), ownerId: 'fixer', effect, imposedBy: reviewerOf(lane), imposedAt: instantTold('5 days ago'), state, evidenceIds: [], confirmation: null,
  });
}

function waiverOf(number: string, { then, now, people }: Votes, show: Show): Stored<Waiver> {
  const { requirement = '', until = 'in 10 days', requested = '5 days ago', by = 'owner', state = 'REQUESTED', grants: agreed = ['head', 'officer', 'second'], ...where } = now.scene.waivers[number] ?? {};
  const place = placeOf(where);
  const grants = agreed.map((name) => {
    const principal = people.get(name);
    const role = GRANTORS.find((grantor) => principal?.grants.some((grant) => grant.role === grantor)) ?? 'REVIEWER';
    return { personId: principal?.personId ?? name, principalId: principal?.id ?? name, role, at: instantTold('4 days ago') };
  });
  return recorded({
    id: number, number, version: 1, systemId: SYSTEM, releaseId: place.release, environmentId: place.environment, requirement, reason: 'It cannot wait.', compensatingControl: 'Somebody watches.', validUntil: instantTold(until), state,
    requestedBy: by, requestedAt: instantTold(requested), renews: null, packageDigest: show(number in then.scene.waivers ? then : now, place), lane: LANES.find((lane) => requirement === `R5/${lane}`) ?? 'RISK', grants, grantsNeeded: null, inForceSince: null, endedAt: null,
  });
}
