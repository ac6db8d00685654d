// Acts about requests to move a release, and the votes on them.
import { plusDays } from '../../../src/domain/clock.js';
import { LaneReviewsService } from '../../../src/reviews/lane-reviews.service.js';
import { PromotionsService } from '../../../src/reviews/promotions.service.js';
import { SignOffsService } from '../../../src/reviews/sign-offs.service.js';
import { done, refused, type Act, type Real, type Said } from './act.js';
import { changed } from './acts-about-risks.js';
import { excluded } from './gate.js';
import { holds, LANES, seenNow, shownNow, type Choice, type Lane, type Model, type Promotion, type Who } from './state.js';

export const DELIVERY = ['CONTRIBUTOR', 'SYSTEM_OWNER'];
/** The one that counts most first. */
export const GRANTORS = ['HEAD_OF_RISK', 'RISK_OFFICER', 'REVIEWER', 'EXECUTIVE', 'BUSINESS_OWNER'];
export const VOTERS = [...GRANTORS, ...DELIVERY];

/** `follows`: the request whose place it takes. */
export function open(who: Who, release: number, follows: number | null): Act {
  return {
    kind: 'open', name: `${who}: ask to move REL-${String(release)}${follows === null ? '' : ` instead of P-${String(follows)}`}`, who, may: DELIVERY,
    send: (real) => real.get(PromotionsService).open(real.as(who), { release: `REL-${String(release)}`, environment: 'canary', reason: 'First customers.', supersedes: follows === null ? null : `P-${String(follows)}` }),
    rule: (m) => opened(m, who, release, follows),
  };
}

export function resubmit(who: Who, n: number): Act {
  return {
    kind: 'resubmit', name: `${who}: ask again as P-${String(n)} did`, who, may: DELIVERY, names: true,
    send: (real, m, read) => real.get(PromotionsService).resubmit(real.as(who), read(`P-${String(n)}`, m.promotions[n - 1]!.version), { reason: 'Once more.' }),
    rule: (m) => opened(m, who, m.promotions[n - 1]!.release, n),
  };
}

function opened(m: Model, who: Who, release: number, follows: number | null): Said {
  const before = follows === null ? null : m.promotions[follows - 1]!;
  const why = openingRefused(m, release, before) ?? succeedingRefused(m, who, release, before);
  if (why !== null) return refused(why);
  m.promotions.push({ n: m.promotions.length + 1, version: 1, state: 'OPEN', release, by: who, at: m.now, claims: new Map() });
  if (before?.state !== 'OPEN') return done();
  before.state = 'SUPERSEDED';
  changed(before);
  return done(2);
}

function openingRefused(m: Model, release: number, before: Promotion | null): string | null {
  if (!m.releases[release - 1]!.active) return 'RELEASE_WITHDRAWN';
  return m.system.state !== 'ACTIVE' || (before !== null && ['PROMOTED', 'SUPERSEDED'].includes(before.state)) ? 'INVALID_TRANSITION' : null;
}

/** Whoever asked before, or the owner of the system, says that it is over; and nobody asks twice at once. */
function succeedingRefused(m: Model, who: Who, release: number, before: Promotion | null): string | null {
  if (before?.state === 'OPEN' && who !== before.by && who !== 'sam') return 'NOT_ELIGIBLE';
  return m.promotions.some((other) => other.release === release && other.state === 'OPEN' && other !== before) ? 'PROMOTION_EXISTS' : null;
}

export function cancel(who: Who, n: number): Act {
  return {
    kind: 'cancel', name: `${who}: cancel P-${String(n)}`, who, may: DELIVERY, names: true,
    send: (real, m, read) => real.get(PromotionsService).cancel(real.as(who), read(`P-${String(n)}`, m.promotions[n - 1]!.version), 'Later.'),
    rule: (m) => {
      const promotion = m.promotions[n - 1]!;
      if (promotion.state !== 'OPEN') return refused('INVALID_TRANSITION');
      if (promotion.by !== who) return refused('NOT_ELIGIBLE');
      promotion.state = 'CANCELLED';
      return changed(promotion);
    },
  };
}

/** Why somebody does not vote in these lanes of the request; null = they may. */
function votingRefused(m: Model, who: Who, promotion: Promotion, lanes: readonly Lane[]): string | null {
  if (promotion.state !== 'OPEN') return 'ROUND_CLOSED';
  const why = lanes.map((lane) => excluded(m, who, lane, { requesters: [promotion.by], at: promotion.at, release: promotion.release })).find((each) => each !== null) ?? null;
  return why === null ? null : why === 'PARTY' ? 'SEPARATION_OF_DUTIES' : 'NOT_ELIGIBLE';
}

export function mayVote(m: Model, who: Who, n: number, lane: Lane): boolean {
  return votingRefused(m, who, m.promotions[n - 1]!, [lane]) === null;
}

export function claim(who: Who, n: number, lane: Lane): Act {
  return {
    kind: 'claim', name: `${who}: take up P-${String(n)}/${lane}`, who, may: VOTERS,
    send: (real) => real.get(LaneReviewsService).claim(real.as(who), `P-${String(n)}/${lane}`, plusDays(new Date().toISOString(), 2)),
    rule: (m) => {
      const promotion = m.promotions[n - 1]!;
      if (['CANCELLED', 'SUPERSEDED'].includes(promotion.state)) return refused('INVALID_TRANSITION');
      const why = votingRefused(m, who, promotion, [lane]);
      if (why !== null) return refused(why);
      if ((promotion.claims.get(lane) ?? who) !== who) return refused('REVIEW_CLAIMED');
      promotion.claims.set(lane, who);
      return changed(promotion);
    },
  };
}

export function giveBack(who: Who, n: number, lane: Lane): Act {
  return {
    kind: 'give back', name: `${who}: give back P-${String(n)}/${lane}`, who, may: VOTERS,
    send: (real) => real.get(LaneReviewsService).release(real.as(who), `P-${String(n)}/${lane}`, 'Taken over.'),
    rule: (m) => {
      const promotion = m.promotions[n - 1]!;
      const by = promotion.claims.get(lane);
      if (by === undefined || ['CANCELLED', 'SUPERSEDED'].includes(promotion.state)) return refused('INVALID_TRANSITION');
      if (by !== who && !holds(m, who, 'RISK_OFFICER', 'HEAD_OF_RISK')) return refused('NOT_ELIGIBLE');
      promotion.claims.delete(lane);
      return changed(promotion);
    },
  };
}

/** Is shown what there is to sign, and does not answer yet. */
export function askToSign(who: Who, n: number, lanes: readonly Lane[]): Act {
  return {
    kind: 'ask to sign', name: `${who}: read P-${String(n)} for ${lanes.join(', ')}`, who, may: VOTERS,
    send: async (real) => { real.challenges.push(await shown(real, who, n, lanes)); },
    rule: (m) => {
      const promotion = m.promotions[n - 1]!;
      const why = votingRefused(m, who, promotion, lanes);
      if (why !== null) return refused(why);
      m.held.push({ by: who, promotion: n, lanes, seen: seenNow(m, promotion.release), used: false });
      return done(0);
    },
  };
}

/** Answers what was shown some time ago, to this person or to another. */
export function answer(who: Who, i: number, choice: Choice): Act {
  return {
    kind: 'answer', name: `${who}: answer reading ${String(i + 1)}: ${choice}`, who, may: VOTERS,
    send: (real) => confirm(real, who, real.challenges[i]!, choice),
    rule: (m) => {
      const held = m.held[i]!;
      const promotion = m.promotions[held.promotion - 1]!;
      if (held.by !== who) return refused('CHALLENGE_INVALID');
      if (held.used) return refused('CHALLENGE_USED');
      if (held.seen !== seenNow(m, promotion.release)) return refused('PACKAGE_CHANGED');
      const why = votingRefused(m, who, promotion, held.lanes);
      if (why !== null) return refused(why);
      held.used = true;
      return voted(m, who, promotion, { lanes: held.lanes, choice });
    },
  };
}

/** Reads and answers at once. */
export function sign(who: Who, n: number, lanes: readonly Lane[], choice: Choice): Act {
  return {
    kind: choice.toLowerCase().replaceAll('_', ' '), name: `${who}: ${choice} ${lanes.join(', ')} of P-${String(n)}`, who, may: VOTERS,
    send: async (real) => confirm(real, who, await shown(real, who, n, lanes), choice),
    rule: (m) => {
      const promotion = m.promotions[n - 1]!;
      const why = votingRefused(m, who, promotion, lanes);
      return why === null ? voted(m, who, promotion, { lanes, choice }) : refused(why);
    },
  };
}

async function shown(real: Real, who: Who, n: number, lanes: readonly Lane[]): Promise<Real['challenges'][number]> {
  const { challenge, packages } = await real.get(SignOffsService).request(real.as(who), [`P-${String(n)}`], lanes);
  return { challenge, packageDigests: packages.map(({ digest }) => digest) };
}

function confirm(real: Real, who: Who, asked: Real['challenges'][number], choice: Choice): Promise<unknown> {
  const condition = { text: 'Limit the rate.', evidence: 'A test.', due: plusDays(new Date().toISOString(), 10), owner: 'dana', effect: 'BLOCK' as const };
  return real.get(SignOffsService).confirm(real.as(who), asked, { choice, statement: 'I have read it.', attests: [], conditions: choice === 'APPROVE_WITH_CONDITIONS' ? [condition] : [] });
}

function voted(m: Model, who: Who, promotion: Promotion, { lanes, choice }: { lanes: readonly Lane[]; choice: Choice }): Said {
  const n = m.votes.length + 1;
  m.votes.push({ n, version: 1, withdrawnAt: null, promotion: promotion.n, lanes, choice, by: who, shown: shownNow(m, promotion.release) });
  if (choice === 'APPROVE_WITH_CONDITIONS') {
    m.conditions.push({ n: m.conditions.length + 1, version: 1, state: 'OPEN', vote: n, lanes });
    return done(2);
  }
  if (choice !== 'REJECT' || !lanes.some((lane) => LANES[lane].veto)) return done();
  promotion.state = 'REJECTED';
  changed(promotion);
  return done(2);
}

export function withdrawVote(who: Who, n: number): Act {
  return {
    kind: 'take back', name: `${who}: take back SO-${String(n)}`, who, may: VOTERS, names: true,
    send: (real, m, read) => real.get(SignOffsService).withdraw(real.as(who), read(`SO-${String(n)}`, m.votes[n - 1]!.version), 'I see it otherwise now.'),
    rule: (m) => {
      const vote = m.votes[n - 1]!;
      if (vote.by !== who) return refused('NOT_ELIGIBLE');
      if (vote.withdrawnAt !== null) return refused('INVALID_TRANSITION');
      vote.withdrawnAt = m.now;
      return changed(vote);
    },
  };
}
