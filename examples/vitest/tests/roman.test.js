import { describe, expect, test } from 'vitest'
import { roman } from '../src/roman.js'

describe('roman', () => {
  test.each([[1, 'I'], [4, 'IV'], [1994, 'MCMXCIV'], [2026, 'MMXXVI']])('%i is %s', (number, text) => {
    expect(roman(number)).toBe(text)
  })

  describe('refuses', () => {
    test('zero', () => expect(() => roman(0)).toThrow('no Roman numeral'))
    test('halves > everything else', () => expect(() => roman(1.5)).toThrow(RangeError))
  })

  // The same name twice: each is a test of its own.
  test('is pure', () => expect(roman(7)).toBe(roman(7)))
  test('is pure', () => expect(roman(8)).toBe(roman(8)))
})
