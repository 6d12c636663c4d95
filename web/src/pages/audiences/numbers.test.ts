import { describe, expect, it } from 'vitest'
import { readNumbers, readText, toCsv } from './numbers'

describe('numbers that somebody pastes', () => {
  it.each<[string, string, string[]]>([
    ['one a row', '13800138000\r\n13900139000\n', ['13800138000', '13900139000']],
    [
      'parted by signs of both languages',
      'a1，a2、a3;a4；a5\ta6,a7',
      ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'],
    ],
    [
      'spaces inside a number',
      ' 138 0013 8000 \n+86 139-0013-9000',
      ['138 0013 8000', '+86 139-0013-9000'],
    ],
    ['quotes and the mark of a CSV', '\uFEFF"M001"\n="M002"\n\'M003', ['M001', 'M002', 'M003']],
    ['the same twice, which the server counts', 'M1\nM1', ['M1', 'M1']],
    ['nothing', ' \n,，\n', []],
  ])('reads %s', (_, text, want) => {
    expect(readNumbers(text)).toEqual(want)
  })

  it('reads files of UTF-8 and of GB 18030', async () => {
    expect(await readText(new Blob(['编号\nM1']))).toBe('编号\nM1')
    // 编号 in GB 18030.
    const gb = new Uint8Array([0xb1, 0xe0, 0xba, 0xc5, 0x0a, 0x4d, 0x31])
    expect(await readText(new Blob([gb]))).toBe('编号\nM1')
  })
})

describe('what was not found, as a file', () => {
  it('quotes what needs it, and lets no formula run', () => {
    expect(
      toCsv([
        ['号码', '结果'],
        ['=1+1', 'a,"b"'],
      ]),
    ).toBe('\uFEFF号码,结果\r\n\'=1+1,"a,""b"""\r\n')
  })
})
