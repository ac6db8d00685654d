/** What every chapter stands on: the database, the door, liveness and readiness, and what is counted. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Arrivals } from './arrivals.js';
import { FailedAttempts } from './failed-attempts.js';
import { GraphqlMetrics } from './graphql-metrics.js';
import { HealthController } from './health.controller.js';
import { Lists } from './lists.js';
import { Metrics } from './metrics.js';
import { Outgoing } from './outgoing/outgoing.js';
import { Pools } from './pools.js';
import { Readiness } from './readiness.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({})
 
export class PlatformModule {
  static over(pools: Pools, outgoing: Outgoing): DynamicModule {
    return {
      module: PlatformModule, controllers: [HealthController],
      providers: [{ provide: Pools, useValue: pools }, { provide: Outgoing, useValue: outgoing }, UnitOfWork, Arrivals, FailedAttempts, Lists, Readiness, Metrics, GraphqlMetrics],
      exports: [Pools, Outgoing, UnitOfWork, Arrivals, FailedAttempts, Lists, Readiness, Metrics],
    };
  }
}
