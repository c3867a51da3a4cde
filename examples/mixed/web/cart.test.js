import { describe, expect, test } from 'vitest'

const add = (cart, item, count = 1) => ({ ...cart, [item]: (cart[item] ?? 0) + count })

describe('cart', () => {
  test('is empty at first', () => expect(Object.keys({})).toHaveLength(0))
  test('adds > counts', () => expect(add(add({}, 'pear'), 'pear')).toEqual({ pear: 2 }))
  test.todo('gives things back')
})
