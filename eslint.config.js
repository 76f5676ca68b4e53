import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['build/', 'client/.svelte-kit/', 'node_modules/', '.ume/', 'test-results/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs['flat/recommended'],
  { languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      'no-undef': 'off', // the type checker knows better
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': ['error', { allow: ['error', 'warn'] }]
    }
  },
  // The arrows of the house: shared knows nobody, the server does not know the client.
  {
    files: ['shared/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', '**/server/**', '**/client/**', '**/media/**', '#lib/*'],
              message: 'shared/ is pure: it imports nothing of the others and does no I/O.'
            }
          ]
        }
      ],
      'no-restricted-globals': ['error', { name: 'process', message: 'shared/ runs in the browser too.' }]
    }
  },
  {
    files: ['server/**', 'media/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/client/**', '#lib/*'], message: 'The server does not know the client.' }] }
      ]
    }
  },
  {
    files: ['client/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/server/**', '**/media/**'], message: 'The client knows shared/ only.' }] }
      ]
    }
  },
  { files: ['bench/**', 'e2e/**', '**/*.test.ts', 'server/cli/**'], rules: { 'no-console': 'off' } }
);
