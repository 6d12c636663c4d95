import { describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import { sumUp } from '../../pool/claims'
import type { ChangeItem, CustomerRecord } from './api'
import { applied, birthdayParts, birthdayText, changes, regionText } from './draft'
import { byWrite, lines } from './history'
import { pathTo, tree } from './inputs'
import { probeOf, worthAsking } from './probe'
import { kindKey, kindsFor, splitKind } from './relation'
import { retrying } from './retry'

const record = {
  id: 1,
  version: 3,
  kind: 'person',
  name: '张伟',
  birthday: '1990-02-28',
  birthday_lunar: false,
  birthday_info: { label: '2月28日', next: null, age: 36 },
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  region_code: '330106',
  favourite_categories: ['咖啡'],
  owner: { id: 5, name: '王芳' },
  adviser: null,
  department: null,
  invoice: null,
} as unknown as CustomerRecord

describe('applied', () => {
  it('shows names for ids and leaves the rest and the original alone', () => {
    const next = applied(record, { owner_id: 9, name: '张玮' }, { owner: { id: 9, name: '李强' } })
    expect(next.owner).toEqual({ id: 9, name: '李强' })
    expect(next.name).toBe('张玮')
    expect(next.city).toBe('杭州市')
    expect(record.owner?.id).toBe(5)
    expect('owner_id' in next).toBe(false)
  })

  it('empties what is sent as null or empty', () => {
    expect(applied(record, { owner_id: null }).owner).toBeNull()
    const cleared = applied(record, { region_code: '', province: '', city: '', district: '' })
    expect(regionText(cleared)).toBe('')
  })

  it('drops what followed from the birthday before', () => {
    expect(applied(record, { birthday: '03-01' }).birthday_info).toBeNull()
    expect(applied(record, { name: 'x' }).birthday_info).not.toBeNull()
  })

  it('takes the names of a new place', () => {
    const next = applied(
      record,
      { region_code: '110105' },
      { region: ['北京市', '北京市', '朝阳区'] },
    )
    expect(regionText(next)).toBe('北京市 朝阳区')
  })
})

describe('changes', () => {
  it('sends nothing where nothing differs', () => {
    expect(changes(record, { name: '张伟' })).toBe(false)
    expect(changes(record, { owner_id: 5 })).toBe(false)
    expect(changes(record, { adviser_id: null })).toBe(false)
    expect(changes(record, { favourite_categories: ['咖啡'] })).toBe(false)
    expect(changes(record, {})).toBe(false)
  })

  it('sees one difference among several', () => {
    expect(changes(record, { birthday: '1990-02-28', birthday_lunar: true })).toBe(true)
    expect(changes(record, { owner_id: null })).toBe(true)
    expect(changes(record, { favourite_categories: [] })).toBe(true)
  })
})

describe('birthday', () => {
  it.each(['1990-02-28', '02-28', ''])('goes through its parts: %s', (text) => {
    expect(birthdayText(birthdayParts(text, true))).toBe(text)
  })

  it('is undefined while a part is missing', () => {
    expect(birthdayText({ lunar: false, year: 1990, month: null, day: null })).toBeUndefined()
    expect(birthdayText({ lunar: false, year: null, month: 2, day: null })).toBeUndefined()
    expect(birthdayText({ lunar: false, year: null, month: null, day: null })).toBe('')
  })
})

describe('regions', () => {
  const list = [
    { code: '330000', name: '浙江省', under: '' },
    { code: '330100', name: '杭州市', under: '330000' },
    { code: '330106', name: '西湖区', under: '330100' },
    { code: '810000', name: '香港特别行政区', under: '' },
  ]
  it('stand as a tree, and a code has a path', () => {
    expect(tree(list).map((p) => [p.value, p.children?.[0]?.children?.[0]?.value])).toEqual([
      ['330000', '330106'],
      ['810000', undefined],
    ])
    expect(pathTo(list, '330106')).toEqual(['330000', '330100', '330106'])
    expect(pathTo(list, '999999')).toEqual([])
  })
})

describe('probe', () => {
  it('asks only where somebody can be found by it', () => {
    expect(worthAsking(probeOf({ name: '张' }))).toBeNull()
    expect(worthAsking(probeOf({ contacts: [{ kind: 'phone', value: '138 00' }] }))).toBeNull()
    expect(worthAsking(probeOf({ contacts: [{ kind: 'email', value: 'a@b' }] }))).toBeNull()
    expect(worthAsking(probeOf({ company: '知客科技' }))).toBeNull()
  })

  it('leaves out what is not ready and keeps what helps to rank', () => {
    const probe = probeOf({
      name: ' 张伟 ',
      company: '知客',
      contacts: [
        { kind: 'phone', value: '' },
        { kind: 'phone', value: '13800138000' },
        { kind: 'email', value: 'z' },
      ],
      born: { birthday: '08-15', birthday_lunar: true },
    })
    expect(worthAsking(probe)).toEqual({
      name: '张伟',
      company: '知客',
      phone: '13800138000',
      email: undefined,
      code: undefined,
      birthday: '08-15',
      birthday_lunar: true,
    })
  })
})

describe('relations', () => {
  it('have a direction only where one is said', () => {
    expect(kindKey('contact', true)).toBe('contact.reverse')
    expect(kindKey('household', true)).toBe('household')
    for (const key of [...kindsFor('person'), ...kindsFor('company')]) {
      const { kind, reverse } = splitKind(key)
      expect(kindKey(kind, reverse)).toBe(key)
    }
  })
})

describe('history', () => {
  it('puts together what one person wrote at once', () => {
    const change = (id: number, version: number, actor: number) =>
      ({
        id,
        version,
        actor_id: actor,
        actor_name: `p${actor}`,
        change_set: 0,
        at: version,
        origin: 'edit',
      }) as ChangeItem
    const writes = byWrite([change(4, 9, 1), change(3, 9, 1), change(2, 8, 1), change(1, 7, 2)])
    expect(writes.map((w) => w.changes.map((c) => c.id))).toEqual([[4, 3], [2], [1]])
  })
})

describe('lines', () => {
  const of = (...fields: string[]) =>
    lines(fields.map((field, id) => ({ id, field }) as ChangeItem))
  it('reads a place as one and leaves the code out beside names', () => {
    const [line, other] = of('district', 'region_code', 'name', 'province')
    expect(line?.field).toBe('region')
    expect(line?.changes.map((c) => c.field)).toEqual(['province', 'district'])
    expect(other?.field).toBe('name')
  })

  it('names a single field as what it is', () => {
    expect(of('birthday_lunar')[0]?.field).toBe('birthday_lunar')
    expect(of('region_code')[0]?.changes).toHaveLength(1)
    expect(of('birthday', 'birthday_lunar')[0]?.field).toBe('birthday')
  })
})

describe('retrying', () => {
  const stale = (others: string[], fields: unknown[] = []) =>
    new ApiError({
      status: 409,
      code: 'customer.version_conflict',
      params: { version: 8, conflicts: fields, others },
    })

  it('writes again where others changed something else', async () => {
    const call = vi
      .fn<(v: number) => Promise<string>>()
      .mockRejectedValueOnce(stale(['name', 'phonetic']))
      .mockResolvedValueOnce('ok')
    await expect(retrying(record, 'phone', call)).resolves.toBe('ok')
    expect(call.mock.calls).toEqual([[3], [8]])
  })

  it.each([['phone'], ['phone.label']])('stops where they touched %s too', async (field) => {
    const call = vi.fn<(v: number) => Promise<string>>().mockRejectedValue(stale([field]))
    await expect(retrying(record, 'phone', call)).rejects.toThrow()
    expect(call).toHaveBeenCalledOnce()
  })

  it('does not repeat other failures', async () => {
    const call = vi
      .fn<(v: number) => Promise<string>>()
      .mockRejectedValue(new ApiError({ status: 409, code: 'customer.contact_exists' }))
    await expect(retrying(record, 'phone', call)).rejects.toThrow('customer.contact_exists')
    expect(call).toHaveBeenCalledOnce()
  })
})

describe('claims', () => {
  it('tells what was got from what others were quicker at', () => {
    expect(sumUp(['ok', 'customer.already_owned', 'ok', 'customer.pool_limit'])).toEqual({
      got: 2,
      lost: 1,
    })
  })
})
