import { expect, test } from 'vitest'
import { title, words } from '../src/words.js'

test('counts words', () => {
  console.log('counting')
  expect(words(' one  two ')).toHaveLength(2)
})

// Fails on purpose: the title of nothing is not `-`.
test('has a title for nothing', () => expect(title('')).toBe('-'))

test('reads from the network', context => context.skip('there is no network here'))

test.todo('hyphenates')
