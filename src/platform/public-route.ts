/** Marks the few routes that answer without a token: liveness, readiness, and the description of the routes. */
import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const PUBLIC_ROUTE = 'countersign:public';

export function Public(): CustomDecorator {
  return SetMetadata(PUBLIC_ROUTE, true);
}
