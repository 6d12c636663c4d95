import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/errors'
import { begin, type Conflict, conflictOf, inOrder, questions, resolved } from './conflict'

const field = (name: string, more: Partial<Conflict['fields'][number]> = {}) => ({
  field: name,
  base: 'a',
  yours: 'b',
  theirs: 'c',
  collides: true,
  ...more,
})

const clash = (fields: ReturnType<typeof field>[]): Conflict => ({
  version: 7,
  fields,
  others: [],
  by: '',
  at: 0,
})

describe('conflictOf', () => {
  it('reads the problem of the server', () => {
    const error = new ApiError({
      status: 409,
      code: 'customer.version_conflict',
      params: { version: 7, conflicts: [field('name')], others: ['remark'], by: '王芳', at: 5 },
    })
    expect(conflictOf(error)).toEqual({
      version: 7,
      fields: [field('name')],
      others: ['remark'],
      by: '王芳',
      at: 5,
    })
  })

  it('is null for any other failure, also another 409', () => {
    expect(conflictOf(new ApiError({ status: 409, code: 'customer.has_orders' }))).toBeNull()
    expect(conflictOf(new ApiError({ status: 0, code: 'offline' }))).toBeNull()
    expect(conflictOf(new Error('x'))).toBeNull()
  })

  it('does without what an older server leaves out', () => {
    expect(
      conflictOf(new ApiError({ status: 409, code: 'customer.version_conflict', params: {} })),
    ).toEqual({ version: 0, fields: [], others: [], by: '', at: 0 })
  })
})

describe('questions', () => {
  it('asks once for a place and once for a birthday', () => {
    const list = questions(
      clash([
        field('district'),
        field('name', { collides: false }),
        field('birthday_lunar', { collides: false }),
        field('region_code'),
        field('birthday'),
      ]),
    )
    expect(list.map((q) => [q.part, q.collides])).toEqual([
      ['region', true],
      ['name', false],
      ['birthday', true],
    ])
    const place = list[0]
    expect(place && inOrder(place).map((f) => f.field)).toEqual(['region_code', 'district'])
  })

  it('begins with mine: nothing is given up without a choice', () => {
    expect(begin(questions(clash([field('name'), field('remark')])))).toEqual({
      name: 'mine',
      remark: 'mine',
    })
  })
})

describe('resolved', () => {
  it('keeps mine and what the conflict does not speak of, and drops theirs', () => {
    expect(
      resolved(
        { name: '新', remark: '我写的', industry: '零售' },
        { name: 'theirs', remark: 'mine' },
      ),
    ).toEqual({ remark: '我写的', industry: '零售' })
  })

  it('drops all fields of a part together', () => {
    expect(
      resolved(
        { region_code: '', province: '', city: '', district: '', owner_id: null },
        { region: 'theirs' },
      ),
    ).toEqual({ owner_id: null })
  })

  it('keeps values that empty a field', () => {
    expect(resolved({ birthday: '', birthday_lunar: false }, { birthday: 'mine' })).toEqual({
      birthday: '',
      birthday_lunar: false,
    })
  })

  it('is null where nothing is left to send', () => {
    expect(resolved({ name: 'x' }, { name: 'theirs' })).toBeNull()
  })
})
