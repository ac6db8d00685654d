/** What every chapter stands on: the database, the door, liveness and readiness, and what is counted. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { DATABASE } from './database.js';
import { FailedAttempts } from './failed-attempts.js';
import { GraphqlMetrics } from './graphql-metrics.js';
import { HealthController } from './health.controller.js';
import { Lists } from './lists.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({})
 
export class PlatformModule {
  static over(database: DataSource): DynamicModule {
    return {
      module: PlatformModule, controllers: [HealthController],
      providers: [{ provide: DATABASE, useValue: database }, UnitOfWork, FailedAttempts, Lists, Readiness, Metrics, GraphqlMetrics],
      exports: [DATABASE, UnitOfWork, FailedAttempts, Lists, Readiness, Metrics],
    };
  }
}
