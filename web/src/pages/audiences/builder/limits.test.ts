import { move } from 'react-querybuilder'
import { describe, expect, it } from 'vitest'
import { copies, fits, levelAt, mayMove, stays } from './limits'
import { depthOf, fromNode, type Group, toNode } from './model'

const leaf = (city: string) => ({ field: 'city', op: 'eq', value: city })
const root = fromNode({
  all: [leaf('a'), { any: [leaf('b'), { not: { all: [leaf('c')] } }] }, leaf('d')],
})
const limits = { depth: 5, conditions: 5 }

describe('bounds of a tree', () => {
  it.each<[number[], number]>([
    [[], 1],
    [[1], 2],
    [[1, 1], 4],
  ])('%j stands at level %i, "not" counting on its own', (path, level) => {
    expect(levelAt(root, path)).toBe(level)
  })

  it('hold where something is added, copied or moved', () => {
    expect(depthOf(root)).toBe(5)
    expect(fits(root, [1, 1], 1, limits)).toBe(true)
    expect(fits(root, [1, 1], 2, limits)).toBe(false)
    expect(copies(root, root.rules[0] as Group, limits)).toBe(true)
    expect(copies(root, root.rules[1] as Group, limits)).toBe(false)
    // Into itself, and too deep.
    expect(mayMove(root, [1], [1, 1, 0], limits)).toBe(false)
    expect(mayMove(root, [1, 1], [0], limits)).toBe(true)
    expect(mayMove(root, [0], [1, 1, 1], limits)).toBe(true)
    expect(mayMove(root, [], [0], limits)).toBe(false)
  })

  it.each<[boolean, number[], number[]]>([
    [true, [1], [1]],
    [true, [1], [2]],
    [false, [1], [0]],
    [false, [1], [3]],
    [false, [1], [1, 0]],
  ])('stays: %s, from %j to %j', (want, from, to) => expect(stays(from, to)).toBe(want))

  it('keeps everything that a condition says when the library moves it', () => {
    const next = move(root as never, [2], [1, 0]) as unknown as Group
    expect(toNode(next).node).toEqual({
      all: [leaf('a'), { any: [leaf('d'), leaf('b'), { not: { all: [leaf('c')] } }] }],
    })
  })
})
