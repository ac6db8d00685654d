import { Module, type DynamicModule } from '@nestjs/common';
import { EXPLORER, ExplorerController, type ExplorerOptions } from './explorer.controller.js';

@Module({})
export class ExplorerModule {
  static over(options: ExplorerOptions): DynamicModule {
    return { module: ExplorerModule, controllers: [ExplorerController], providers: [{ provide: EXPLORER, useValue: options }] };
  }
}
