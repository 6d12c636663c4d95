import { expect, it } from 'vitest'
import { ApiError } from '@/api/errors'
import { errorText } from '@/kit'
import { named, sortOut } from './files'

const limits = { max_bytes: 10, max_files: 3, ends: ['.pdf', '.jpg'] }
const file = (name: string, size = 1) => new File(['x'.repeat(size)], name)

it('leaves out by name, size and number, each said with its reason', () => {
  const { taken, refused } = sortOut(
    [file('合同.PDF'), file('a.exe'), file('pdf'), file('b.pdf', 11), file('c.jpg'), file('d.jpg')],
    1,
    limits,
  )
  expect(taken.map((x) => x.name)).toEqual(['合同.PDF', 'c.jpg'])
  expect(refused).toEqual({
    unknown_type: ['a.exe', 'pdf'],
    too_large: ['b.pdf'],
    too_many: ['d.jpg'],
  })
})

it('leaves it to the server while the limits are not known', () => {
  expect(sortOut([file('a.exe', 99)], 50, undefined).taken).toHaveLength(1)
})

it('says which file failed, and still why', () => {
  const why = new ApiError({ status: 422, code: 'attachment.type_mismatch', detail: '内容是 txt' })
  expect(errorText(named(why, 'a.pdf 没有加入'), (key) => key)).toEqual({
    title: 'a.pdf 没有加入',
    text: '内容是 txt',
  })
})
