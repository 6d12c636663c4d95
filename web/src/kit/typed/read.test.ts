import { describe, expect, it } from 'vitest'
import { readDay, readNumber } from './read'

describe('readDay', () => {
  it.each([
    ['2026-01-05', '2026-01-05'],
    ['2026-1-5', '2026-01-05'],
    ['2026/01/05', '2026-01-05'],
    ['2026.1.5', '2026-01-05'],
    ['20260105', '2026-01-05'],
    ['2026年1月5日', '2026-01-05'],
    ['2026 年 1 月 5 日', '2026-01-05'],
    [' ２０２６－０１－０５ ', '2026-01-05'],
    ['2024-02-29', '2024-02-29'],
  ])('%s is a day', (text, day) => expect(readDay(text)).toBe(day))

  it.each([
    '',
    '2026-13-45',
    '2026-02-29',
    '2026-1',
    '26-1-5',
    '2026-01/05',
    '0026-01-05',
    '2026-01-05x',
    '明天',
  ])('%s is none', (text) => expect(readDay(text)).toBeUndefined())
})

describe('readNumber', () => {
  it.each([
    ['', ''],
    ['  ', ''],
    ['12', '12'],
    ['1,234.50', '1234.5'],
    ['1,234.50元', '1234.5'],
    ['¥1,234.50', '1234.5'],
    ['￥ 1 234', '1234'],
    ['-¥5', '-5'],
    ['¥-5', '-5'],
    ['１２３．４', '123.4'],
    ['12。5', '12.5'],
    ['1,234,567', '1234567'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['007', '7'],
    ['-0', '0'],
    ['1.2万', '12000'],
    ['1.23456万元', '12345.6'],
    ['3亿', '300000000'],
    ['99999999999999.99', '99999999999999.99'],
  ])('%s is %s', (text, number) => expect(readNumber(text)).toBe(number))

  it.each(['12abc', '1,23', '1,2345', '1.2.3', '-', '元', '万', '1e5', '十二', '5-', '--5'])(
    '%s is none',
    (text) => expect(readNumber(text)).toBeUndefined(),
  )

  it('takes the unit that the field shows', () => {
    expect(readNumber('30 天', '天')).toBe('30')
    expect(readNumber('30 Days', 'days')).toBe('30')
    expect(readNumber('30 天')).toBeUndefined()
  })
})
