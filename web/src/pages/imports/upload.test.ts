import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import { ChunkUpload, isSame, recall, refusal, remember, type Transport } from './upload'

const bytes = (n: number) => new File([new Uint8Array(n).map((_, i) => i % 251)], 'orders.csv')

/** A server that keeps what it gets, and fails where told. */
function server(size: number) {
  const kept = new Uint8Array(size)
  const log: [number, number][] = []
  let received = 0
  const faults: (() => unknown)[] = []
  const transport: Transport = {
    create: vi.fn(async () => ({ id: 7, received })),
    state: vi.fn(async (id) => ({ id, size, received })),
    send: vi.fn(async (_id, offset, piece, signal) => {
      log.push([offset, piece.size])
      const fault = faults.shift()?.()
      if (fault) throw fault
      if (signal.aborted) throw new DOMException('', 'AbortError')
      if (offset !== received) {
        throw new ApiError({ status: 409, code: 'import.upload_gap', params: { received } })
      }
      kept.set(new Uint8Array(await piece.arrayBuffer()), offset)
      received += piece.size
      return { received }
    }),
  }
  return {
    transport,
    kept,
    log,
    faults,
    put: (n: number) => {
      received = n
    },
  }
}

const quickly = { piece: 4, least: 1, most: 16, sleep: async () => {}, now: () => 0 }

async function content(file: File) {
  return new Uint8Array(await file.arrayBuffer())
}

describe('ChunkUpload', () => {
  it('sends every byte once, in growing pieces up to the most', async () => {
    const file = bytes(60)
    const s = server(60)
    const up = new ChunkUpload(file, s.transport, quickly)
    await up.start()
    expect(up.state).toMatchObject({ phase: 'done', id: 7, sent: 60 })
    expect(s.kept).toEqual(await content(file))
    expect(s.log).toEqual([
      [0, 4],
      [4, 8],
      [12, 16],
      [28, 16],
      [44, 16],
    ])
  })

  it('shortens pieces on a slow line', async () => {
    const s = server(24)
    let at = 0
    const up = new ChunkUpload(bytes(24), s.transport, {
      ...quickly,
      piece: 8,
      now: () => (at += 5000),
    })
    await up.start()
    expect(s.log.map(([, n]) => n)).toEqual([8, 4, 2, 1, ...Array(9).fill(1)])
    expect(up.state.phase).toBe('done')
  })

  it('goes on where the server stands after a lost answer', async () => {
    const file = bytes(20)
    const s = server(20)
    // The piece arrives, its answer does not.
    s.faults.push(() => {
      s.put(4)
      s.kept.set([0, 1, 2, 3], 0)
      return new TypeError('failed')
    })
    const up = new ChunkUpload(file, s.transport, quickly)
    await up.start()
    expect(up.state.phase).toBe('done')
    expect(s.kept).toEqual(await content(file))
  })

  it('waits longer each time, then goes on by itself', async () => {
    const s = server(8)
    const busy = () => new ApiError({ status: 503 })
    s.faults.push(busy, busy, () => new ApiError({ status: 429 }, 7))
    const waits: number[] = []
    const up = new ChunkUpload(bytes(8), s.transport, {
      ...quickly,
      sleep: async (ms) => {
        waits.push(ms)
        expect(up.state.phase).toBe('waiting')
        expect(up.state.error).not.toBeNull()
      },
    })
    await up.start()
    expect(waits).toEqual([1000, 2000, 7000])
    expect(up.state).toMatchObject({ phase: 'done', error: null })
  })

  it('gives up after some tries, and can be taken up again', async () => {
    const s = server(8)
    const down = () => new TypeError('failed')
    s.faults.push(down, down, down)
    const up = new ChunkUpload(bytes(8), s.transport, { ...quickly, tries: 2 })
    await up.start()
    expect(up.state).toMatchObject({ phase: 'failed', sent: 0 })
    expect(up.state.error?.offline).toBe(true)
    await up.resume()
    expect(up.state).toMatchObject({ phase: 'done', sent: 8 })
    expect(s.transport.create).toHaveBeenCalledOnce()
    expect(s.transport.state).toHaveBeenCalledOnce()
  })

  it.each([400, 401, 403, 413, 422])('does not repeat after %i', async (status) => {
    const s = server(8)
    s.faults.push(() => new ApiError({ status }))
    const up = new ChunkUpload(bytes(8), s.transport, quickly)
    await up.start()
    expect(up.state.phase).toBe('failed')
    expect(s.log).toHaveLength(1)
  })

  it('does not turn in circles where the server contradicts itself', async () => {
    const s = server(8)
    s.transport.send = vi.fn(async () => {
      throw new ApiError({ status: 409, params: { received: 4 } })
    })
    const up = new ChunkUpload(bytes(8), s.transport, quickly)
    await up.start()
    expect(up.state.phase).toBe('failed')
    expect(s.transport.send).toHaveBeenCalledTimes(4)
  })

  it('pauses between pieces and goes on', async () => {
    const file = bytes(40)
    const s = server(40)
    const up = new ChunkUpload(file, s.transport, quickly)
    const leave = up.subscribe(() => {
      if (up.state.phase === 'sending' && up.state.sent === 12) up.pause()
    })
    await up.start()
    leave()
    expect(up.state).toMatchObject({ phase: 'paused', sent: 12 })
    await up.resume()
    expect(up.state.phase).toBe('done')
    expect(s.kept).toEqual(await content(file))
  })

  it('takes up the upload of an earlier visit', async () => {
    const s = server(20)
    s.put(12)
    const up = new ChunkUpload(bytes(20), s.transport, quickly)
    await up.start(7)
    expect(s.transport.create).not.toHaveBeenCalled()
    expect(s.log[0]).toEqual([12, 4])
    expect(up.state).toMatchObject({ phase: 'done', id: 7, sent: 20 })
  })

  it.each([
    ['gone', async () => Promise.reject(new ApiError({ status: 404 }))],
    ['of another size', async () => ({ id: 3, size: 99, received: 50 })],
  ])('begins anew where the earlier upload is %s', async (_name, state) => {
    const s = server(20)
    s.transport.state = state
    const up = new ChunkUpload(bytes(20), s.transport, quickly)
    await up.start(3)
    expect(up.state).toMatchObject({ phase: 'done', id: 7, sent: 20 })
  })

  it('says that the file changed on disk, and does not blame the network', async () => {
    const s = server(8)
    const file = bytes(8)
    vi.spyOn(file, 'slice').mockImplementation(() => {
      throw new DOMException('', 'NotReadableError')
    })
    const up = new ChunkUpload(file, s.transport, quickly)
    await up.start()
    expect(up.state.error?.code).toBe('file_gone')
    expect(s.log).toHaveLength(0)
  })

  it('tells rate and time left', async () => {
    const s = server(30)
    let at = 0
    const seen: (number | null)[] = []
    const up = new ChunkUpload(bytes(30), s.transport, {
      ...quickly,
      piece: 10,
      most: 10,
      now: () => (at += 1000),
    })
    up.subscribe(() => up.state.rate > 0 && seen.push(up.state.left))
    await up.start()
    // 10 bytes in 1 s; then 20 bytes in 3 s, the pause between pieces included.
    expect(seen[0]).toBe(2)
    expect(seen[1]).toBeCloseTo(1.5)
  })
})

describe('memory of an upload', () => {
  beforeEach(() => localStorage.clear())
  it('finds the same file again', () => {
    const file = new File(['x'], 'a.csv', { lastModified: 5 })
    remember({ id: 1, name: 'a.csv', size: 1, modified: 5 })
    const memo = recall()
    expect(memo && isSame(memo, file)).toBe(true)
    expect(memo && isSame(memo, new File(['xy'], 'a.csv', { lastModified: 5 }))).toBe(false)
    remember(null)
    expect(recall()).toBeNull()
  })
  it.each(['{', '[]', '"x"', '{"id":"1"}'])('is nothing for %s', (text) => {
    localStorage.setItem('zk:upload', text)
    expect(recall()).toBeNull()
  })
})

it.each([
  ['orders.csv', 10, undefined],
  ['orders.csv.gz', 10, undefined],
  ['订单.xlsx', 10, undefined],
  ['订单.xls', 10, 'errors.sheet.old_xls'],
  ['a.zip', 10, 'errors.sheet.zip_archive'],
  ['a.pdf', 10, 'errors.sheet.not_table'],
  ['a.csv', 0, 'errors.import.empty_upload'],
  ['a.xlsx', 65 << 20, 'errors.sheet.file_too_large'],
])('refuses %s of %i bytes: %s', (name, size, key) => {
  const limits = { max_file_bytes: 20 * 2 ** 30, max_xlsx_bytes: 64 * 2 ** 20 }
  expect(refusal({ name, size }, limits)?.key).toBe(key)
})

it('keeps to the limits that the server tells, and leaves unknown ones to it', () => {
  const limits = { max_file_bytes: 40 * 2 ** 20, max_xlsx_bytes: 10 * 2 ** 20 }
  const of = (name: string, mib: number, known = true) =>
    refusal({ name, size: mib * 2 ** 20 }, known ? limits : undefined)
  expect(of('a.csv', 40)).toBeNull()
  expect(of('a.csv', 41)).toEqual({
    key: 'errors.import.upload_too_large',
    params: { max_mb: 40 },
  })
  expect(of('a.xlsx', 11)).toEqual({ key: 'errors.sheet.file_too_large', params: { max_mb: 10 } })
  expect(of('a.xlsx', 900, false)).toBeNull()
})
