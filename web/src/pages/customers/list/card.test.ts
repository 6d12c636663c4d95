import { expect, it } from 'vitest'
import type { FieldInfo } from './api'
import { cardFields, mostOnCard, onCard } from './card'

const fields = ['name', 'level', 'stage', 'a', 'b', 'c', 'd', 'e', 'f']
  .map((code) => ({ code, column: true }) as FieldInfo)
  .concat({ code: 'gone', column: false } as FieldInfo)

it('shows the chosen columns in their order, and stays a card', () => {
  const columns = ['name', 'f', 'level', 'stage', 'gone', 'unknown', 'e', 'd', 'c', 'b', 'a']
  const shown = cardFields(columns, 'stage', fields).map((f) => f.code)
  expect(shown).toEqual(['f', 'e', 'd', 'c', 'b'])
  expect(shown).toHaveLength(mostOnCard)
  expect(cardFields(['name', 'a'], 'stage', fields).map((f) => f.code)).toEqual(['a'])
  expect(cardFields(columns, 'stage', undefined)).toEqual([])
})

it('knows which of the chosen columns have no room', () => {
  const columns = ['name', 'level', 'stage', 'a', 'b', 'c', 'd', 'e', 'f']
  const on = onCard(columns, 'stage', fields)
  expect(columns.filter((code) => !on.has(code))).toEqual(['f'])
})
