import { describe, expect, it } from 'vitest'
import { differences } from './diff'
import { departmentOptions, departmentTree, flatten, selfAndBelow } from './org'
import { groupsOf } from './RoleForm'

const department = (id: number, parent_id: number | null, name: string, staff_count = 0) => ({
  id,
  parent_id,
  name,
  staff_count,
  head_id: null,
})

describe('departments', () => {
  const list = [
    department(3, 2, '乙', 4),
    department(1, null, '公司', 1),
    department(2, 1, '销售', 2),
    department(4, 2, '甲', 3),
    department(9, 77, '孤', 5),
  ]
  it('are a tree, siblings by name, nobody lost', () => {
    const lines = flatten(departmentTree(list)).map((n) => [n.department.id, n.depth, n.staff])
    expect(lines).toEqual([
      [1, 0, 10],
      [2, 1, 9],
      [4, 2, 3],
      [3, 2, 4],
      [9, 0, 5],
    ])
  })
  it('are indented in a select', () => {
    expect(departmentOptions(list)[2]).toEqual({ value: 4, label: '\u3000\u3000甲', name: '甲' })
    expect(departmentOptions(undefined)).toEqual([])
  })
  it('cannot be moved below themselves', () => {
    expect([...selfAndBelow(list, 2)].sort()).toEqual([2, 3, 4])
    expect([...selfAndBelow(list, 3)]).toEqual([3])
  })
})

describe('audit differences', () => {
  it('list changed fields only', () => {
    expect(
      differences({ a: 1, b: 'x', c: [1], gone: true }, { a: 1, b: 'y', c: [1, 2], made: null }),
    ).toEqual([
      { field: 'b', before: 'x', after: 'y' },
      { field: 'c', before: '[1]', after: '[1,2]' },
      { field: 'gone', before: 'true', after: null },
    ])
  })
  it('take creation and deletion', () => {
    expect(differences(null, { a: 1 })).toEqual([{ field: 'a', before: null, after: '1' }])
    expect(differences({ a: 1 }, null)).toEqual([{ field: 'a', before: '1', after: null }])
    expect(differences(null, null)).toEqual([])
  })
})

it('groups permissions in the server’s order', () => {
  const p = (name: string, group: string) => ({ name, group })
  const list = [p('b.x', 'b'), p('a.x', 'a'), p('b.y', 'b')]
  expect(groupsOf(list).map(([g, items]) => [g, items.length])).toEqual([
    ['b', 2],
    ['a', 1],
  ])
})
