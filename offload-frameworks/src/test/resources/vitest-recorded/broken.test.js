import { test } from 'vitest'
test('x', () => {})
throw broken_here
