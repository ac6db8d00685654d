/** What every chapter stands on: the database, the door, liveness and readiness. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { DATABASE } from './database.js';
import { HealthController } from './health.controller.js';
import { Lists } from './lists.js';
import { Readiness } from './readiness.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({})
 
export class PlatformModule {
  static over(database: DataSource): DynamicModule {
    return { module: PlatformModule, controllers: [HealthController], providers: [{ provide: DATABASE, useValue: database }, UnitOfWork, Lists, Readiness], exports: [DATABASE, UnitOfWork, Lists, Readiness] };
  }
}
