import { config } from 'zod';

/**
 * zod compiles its parsers with `new Function`: a command, which parses little and ends, would pay for it alone.
 * Imported before any schema is made, so that it is not tried.
 */
config({ jitless: true });
