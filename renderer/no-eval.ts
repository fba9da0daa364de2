import { config } from 'zod';

/**
 * zod compiles its parsers with `new Function`, which the page's policy forbids. Imported before any schema is made,
 * so that it is not even tried.
 */
config({ jitless: true });
