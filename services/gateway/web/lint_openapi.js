// Holds an OpenAPI document against the specification and the rules of Redocly; says what is wrong and where.
//
//   node services/gateway/web/lint_openapi.js schemas/generated/openapi.json
import { createConfig, lint } from '@redocly/openapi-core';

// What is recommended, and beyond it what this API promises of itself.
const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    'array-parameter-serialization': 'error',
    'operation-4xx-problem-details-rfc7807': 'error',
    'operation-singular-tag': 'error',
    'operation-tag-defined': 'error',
    'parameter-description': 'error',
    'spec-strict-refs': 'error',
  },
});
const [document] = process.argv.slice(2);
const problems = await lint({ ref: document, config });
for (const { ruleId, message, location } of problems) console.log(`${document}${location[0].pointer}: ${message} [${ruleId}]`);
process.exitCode = problems.length > 0 ? 1 : 0;
