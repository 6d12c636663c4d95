import { describe, expect, it } from 'vitest'
import { makeFormat } from './format'

const zh = makeFormat('zh-CN', 'Asia/Shanghai', 'CNY')
const en = makeFormat('en', 'Asia/Shanghai', 'CNY')

describe('money', () => {
  it.each([
    [0, '¥0.00'],
    [5, '¥0.05'],
    [123456, '¥1,234.56'],
    [-1999, '-¥19.99'],
    [89114079_04, '¥89,114,079.04'],
  ])('%i fen', (fen, want) => expect(zh.money(fen)).toBe(want))
  it.each([
    [99_99, '¥100'],
    [1_234_500, '¥1.23万'],
    [91_234_567_89, '¥9,123.5万'],
    [1_200_000_000_00, '¥12亿'],
    [-5_000_000, '-¥5万'],
  ])('%i fen short', (fen, want) => expect(zh.moneyShort(fen)).toBe(want))
  it('is short in English by thousands', () => {
    expect(en.moneyShort(123_456_00)).toBe('¥123.5K')
    expect(en.moneyShort(9_999_00)).toBe('¥9,999')
    expect(en.moneyShort(1_200_000_00)).toBe('¥1.2M')
  })
})

describe('counts', () => {
  it.each([
    [9_999, '9,999'],
    [12_345, '1.23万'],
    [100_000_000, '1亿'],
  ])('%i short', (n, want) => expect(zh.countShort(n)).toBe(want))
  it('writes shares', () => {
    expect(zh.percent(0.74594, 3)).toBe('74.594%')
    expect(zh.percent(0.2)).toBe('20.0%')
    expect(zh.percent(0)).toBe('0.0%')
    expect(zh.percent(0.0005)).toBe('0.1%')
    expect(zh.percent(0.000499)).toBe('< 0.1%')
    expect(zh.percent(0.004, 0)).toBe('< 1%')
    expect(zh.percent(0.9996)).toBe('> 99.9%')
    expect(zh.percent(0.996, 0)).toBe('> 99%')
    expect(zh.percent(1)).toBe('100.0%')
  })
})

describe('time', () => {
  const at = Date.UTC(2026, 8, 25, 16, 5) // already the 26th in Shanghai
  it('is the company’s, whatever the browser’s zone', () => {
    expect(zh.dateTime(at)).toBe('2026-09-26 00:05')
    expect(zh.date(at)).toBe('2026-09-26')
    expect(makeFormat('zh-CN', 'UTC', 'CNY').dateTime(at)).toBe('2026-09-25 16:05')
  })
  it('leaves days as they are', () => expect(zh.date('2026-02-28')).toBe('2026-02-28'))
  it.each([
    [-30_000, '现在', 'now'],
    [-3 * 60_000, '3分钟前', '3 minutes ago'],
    [2 * 3_600_000 + 5, '2小时后', 'in 2 hours'],
    [-400 * 86_400_000, '去年', 'last year'],
  ])('%i ms from now', (delta, wantZh, wantEn) => {
    expect(zh.relative(at + delta, at)).toBe(wantZh)
    expect(en.relative(at + delta, at)).toBe(wantEn)
  })
  it.each([
    [12_000, '12 秒'],
    [125_000, '2 分 5 秒'],
    [3_900_000, '1 小时 5 分'],
    [-5, '0 秒'],
  ])('%i ms long', (ms, want) => expect(zh.duration(ms)).toBe(want))
})

it('writes sizes', () => {
  expect(zh.bytes(0)).toBe('0 B')
  expect(zh.bytes(1536)).toBe('1.5 KB')
  expect(zh.bytes(812_345_344)).toBe('774.7 MB')
})
