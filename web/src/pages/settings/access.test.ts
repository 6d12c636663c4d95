import { expect, test } from 'vitest'
import type { AccessField } from '@/api/types'
import { accessOf, groupsOf, setAll, setOne } from './access'

const field = (key: string, ...choices: string[]): AccessField => ({
  key,
  group: key === 'spend' ? 'figures' : 'record',
  label: key,
  choices,
})
const name = field('name', 'edit', 'read')
const remark = field('remark', 'edit', 'read', 'hidden')
const spend = field('spend', 'read', 'hidden')
const all = [name, remark, spend]

test('only what differs from the default is kept', () => {
  const hidden = setOne({}, remark, 'hidden')
  expect(hidden).toEqual({ remark: 'hidden' })
  expect(setOne(hidden, remark, 'edit')).toEqual({})
  expect(accessOf({}, spend)).toBe('read')
  expect(accessOf({ spend: 'hidden' }, spend)).toBe('hidden')
})

test('a group at once: each field gets what comes nearest', () => {
  expect(setAll({}, all, 'hidden')).toEqual({ name: 'read', remark: 'hidden', spend: 'hidden' })
  expect(setAll({ spend: 'hidden' }, all, 'read')).toEqual({ name: 'read', remark: 'read' })
  expect(setAll({ name: 'read', remark: 'hidden', phone: 'hidden' }, all, 'edit')).toEqual({
    phone: 'hidden',
  })
  expect(groupsOf(all).map(([group, items]) => [group, items.length])).toEqual([
    ['record', 2],
    ['figures', 1],
  ])
})
