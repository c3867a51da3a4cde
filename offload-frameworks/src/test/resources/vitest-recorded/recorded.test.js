import { afterAll, beforeAll, describe, expect, test } from 'vitest'

test('passes', () => { console.log('said') })
test('fails', () => { expect(1).toBe(2) })
test.skip('skipped', () => {})
test.todo('todo')
describe('a', () => { test('b > c', () => {}) })
describe('a > b', () => { test('c', () => { throw new Error('the other') }) })
describe('hooked', () => {
  beforeAll(() => { throw new Error('no set-up') })
  test('one', () => {})
  test('two', () => {})
})
test('stray', () => { Promise.reject(new Error('nobody waits')) })
describe('last', () => {
  afterAll(() => { throw new Error('no tear-down') })
  test('of all', () => {})
})
