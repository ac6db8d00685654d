/** The gate over REST: 200 for ALLOW, PENDING and DENY; 503 with the same body for ERROR, and when to ask again; 400 problem+json for a malformed question. */
import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Refusal } from '../domain/refusal.js';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { answerBody, type GateAnswerBody } from './gate-answer.js';
import { parseQuestion } from './gate-question.parse.js';
import { GateQuestionInput } from './gate.graphql.js';
import type { Answer } from './answer.js';
import { GateService } from './gate.service.js';

@Controller('v1/gate')
export class GateController {
  constructor(private readonly gate: GateService) {}

  @Post('check')
  @HttpCode(200)
  async check(@Ctx() ctx: RequestContext, @Body() question: GateQuestionInput, @Res({ passthrough: true }) reply: FastifyReply): Promise<GateAnswerBody> {
    return answered(await this.gate.check(ctx, parseQuestion(present(question))), reply);
  }

  @Post('authorize')
  @HttpCode(200)
  async authorize(@Ctx() ctx: RequestContext, @Body() question: GateQuestionInput, @Res({ passthrough: true }) reply: FastifyReply): Promise<GateAnswerBody> {
    return answered(await this.gate.authorize(ctx, parseQuestion(present(question))), reply);
  }
}

/** A request without a body reaches us as nothing at all. */
function present(question: GateQuestionInput | undefined | null): GateQuestionInput {
  if (typeof question !== 'object' || question === null || Array.isArray(question)) throw new Refusal('INVALID_INPUT', { field: 'body', message: 'A question is a JSON object with target and environment.' });
  return question;
}

function answered(answer: Answer, reply: FastifyReply): GateAnswerBody {
  const isUnjudged = answer.decision.verdict === 'ERROR';
  void reply.header('cache-control', 'no-store').status(isUnjudged ? 503 : 200);
  if (isUnjudged) void reply.header('retry-after', '1');
  return answerBody(answer);
}
