// Sends a file in pieces that can be paused, repeated and taken up again
// after a reload. Knows nothing of React; tested with a made-up transport.
import { ApiError, asApiError } from '@/api/errors'

/** What is asked of the server; see api.ts. */
export interface Transport {
  create: (fileName: string, size: number) => Promise<{ id: number; received: number }>
  /** How much of an earlier upload is there; 404 where it is gone. */
  state: (id: number) => Promise<{ id: number; size: number; received: number }>
  send: (
    id: number,
    offset: number,
    piece: Blob,
    signal: AbortSignal,
  ) => Promise<{ received: number }>
}

export type UploadPhase = 'starting' | 'sending' | 'waiting' | 'paused' | 'done' | 'failed'

export interface UploadState {
  phase: UploadPhase
  id: number | null
  /** Bytes that are at the server, of `size`. */
  sent: number
  size: number
  /** Bytes per second over the last pieces; 0 while unknown. */
  rate: number
  /** Seconds to go at this rate. */
  left: number | null
  /** Of a failure, or of what is waited for. */
  error: ApiError | null
}

export interface Options {
  /** Bytes of a piece: the first, the least and the most (the server takes 8 MiB). */
  piece?: number
  least?: number
  most?: number
  /** Failed tries in a row before it gives up and waits for the person. */
  tries?: number
  now?: () => number
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

const MiB = 1 << 20

/** Pieces are made longer below this many ms and shorter above four times as many. */
const quick = 1000

const passing = new Set([0, 408, 425, 429, 500, 502, 503, 504])

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      globalThis.removeEventListener?.('online', end)
      done()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    // No need to sit it out once the network is back.
    globalThis.addEventListener?.('online', end)
  })
}

/** One file on its way. `subscribe` and `state` fit useSyncExternalStore. */
export class ChunkUpload {
  state: UploadState
  private readonly tell = new Set<() => void>()
  private readonly opt: Required<Options>
  private size: number
  private stop = new AbortController()
  private running: Promise<void> | null = null
  private samples: { at: number; bytes: number }[] = []

  constructor(
    readonly file: File,
    private readonly transport: Transport,
    options: Options = {},
  ) {
    this.opt = {
      piece: MiB,
      least: 256 << 10,
      most: 8 * MiB,
      tries: 6,
      now: () => Date.now(),
      sleep: pause,
      ...options,
    }
    this.size = this.opt.piece
    this.state = {
      phase: 'starting',
      id: null,
      sent: 0,
      size: file.size,
      rate: 0,
      left: null,
      error: null,
    }
  }

  subscribe = (fn: () => void): (() => void) => {
    this.tell.add(fn)
    return () => this.tell.delete(fn)
  }

  /** Begins, or goes on with the upload `id` of an earlier visit; resolves when it stops. */
  start(id?: number): Promise<void> {
    if (id !== undefined) this.set({ id })
    return this.resume()
  }

  /** Stops after what is on the wire; nothing that arrived is lost. */
  pause(): void {
    if (this.state.phase === 'done' || this.state.phase === 'failed') return
    this.set({ phase: 'paused', rate: 0, left: null })
    this.stop.abort()
  }

  /** Goes on after a pause or a failure, where the server stands. */
  async resume(): Promise<void> {
    if (this.state.phase === 'done') return
    await this.running
    this.stop = new AbortController()
    this.samples = []
    this.set({ phase: 'starting', error: null })
    this.running = this.run(this.stop.signal).finally(() => {
      this.running = null
    })
    return this.running
  }

  private set(part: Partial<UploadState>): void {
    this.state = { ...this.state, ...part }
    for (const fn of this.tell) fn()
  }

  private async run(signal: AbortSignal): Promise<void> {
    let failed = 0
    let placed = this.state.id === null
    let lost = 0
    while (!signal.aborted) {
      try {
        if (this.state.id === null) {
          const made = await this.transport.create(this.file.name, this.file.size)
          this.set({ id: made.id, sent: made.received })
        } else if (!placed) {
          await this.place(this.state.id)
          placed = true
        }
        if (signal.aborted) return
        if (this.state.sent >= this.file.size) {
          this.set({ phase: 'done', rate: 0, left: null, error: null })
          return
        }
        await this.piece(signal)
        failed = lost = 0
      } catch (thrown) {
        if (signal.aborted) return
        const error = thrown instanceof FileGone ? gone() : asApiError(thrown)
        const received = error.params.received
        if (error.status === 409 && typeof received === 'number' && lost < 3) {
          // The server stands elsewhere, as when an answer was lost: go on there.
          lost++
          this.set({ sent: Math.min(received, this.file.size) })
          continue
        }
        if (!passing.has(error.status) || failed >= this.opt.tries) {
          this.set({ phase: 'failed', error, rate: 0, left: null })
          return
        }
        this.set({ phase: 'waiting', error, rate: 0, left: null })
        this.samples = []
        this.size = Math.max(this.opt.least, this.size / 2)
        const wait = error.retryAfter > 0 ? error.retryAfter * 1000 : 1000 * 2 ** failed
        failed++
        await this.opt.sleep(Math.min(wait, 30_000), signal)
      }
    }
  }

  /** Asks where an earlier upload stands; begins anew where it is gone or of another size. */
  private async place(id: number): Promise<void> {
    try {
      const there = await this.transport.state(id)
      if (there.size === this.file.size) {
        this.set({ sent: there.received })
        return
      }
    } catch (error) {
      if (asApiError(error).status !== 404) throw error
    }
    const made = await this.transport.create(this.file.name, this.file.size)
    this.set({ id: made.id, sent: made.received })
  }

  private async piece(signal: AbortSignal): Promise<void> {
    const { id, sent } = this.state
    if (id === null) return
    const end = Math.min(sent + Math.floor(this.size), this.file.size)
    const piece = await this.read(sent, end)
    if (signal.aborted) return
    if (this.state.phase !== 'sending') this.set({ phase: 'sending', error: null })
    const began = this.opt.now()
    const { received } = await this.transport.send(id, sent, piece, signal)
    if (signal.aborted) {
      // It arrived all the same.
      this.set({ sent: received })
      return
    }
    const now = this.opt.now()
    const took = now - began
    if (took < quick) this.size = Math.min(this.opt.most, this.size * 2)
    else if (took > 4 * quick) this.size = Math.max(this.opt.least, this.size / 2)
    this.samples = [...this.samples, { at: began, bytes: received - sent }].slice(-8)
    const span = (now - (this.samples[0]?.at ?? now)) / 1000
    const bytes = this.samples.reduce((sum, s) => sum + s.bytes, 0)
    const rate = span > 0 ? bytes / span : 0
    this.set({
      sent: received,
      rate,
      left: rate > 0 ? (this.file.size - received) / rate : null,
    })
  }

  /** Into memory first, so that a file changed on disk is told from a network that failed. */
  private async read(from: number, to: number): Promise<Blob> {
    try {
      return new Blob([await this.file.slice(from, to).arrayBuffer()])
    } catch {
      throw new FileGone()
    }
  }
}

class FileGone extends Error {}

const gone = () => new ApiError({ status: -2, code: 'file_gone' })

/** What is remembered of an unfinished upload, to go on with it after a reload. */
export interface Memo {
  id: number
  name: string
  size: number
  modified: number
}

const place = 'zk:upload'

export function remember(memo: Memo | null): void {
  try {
    if (memo) localStorage.setItem(place, JSON.stringify(memo))
    else localStorage.removeItem(place)
  } catch {
    // Storage is full or forbidden: the upload cannot be taken up again, nothing worse.
  }
}

export function recall(): Memo | null {
  try {
    const memo = JSON.parse(localStorage.getItem(place) ?? 'null') as Memo | null
    return memo && typeof memo.id === 'number' && typeof memo.name === 'string' ? memo : null
  } catch {
    return null
  }
}

/** Whether a chosen file is the one an upload was begun with. */
export const isSame = (memo: Memo, file: File) =>
  memo.name === file.name && memo.size === file.size && memo.modified === file.lastModified

/**
 * Why a file cannot be taken, as a catalogue key with parameters; null where it
 * can be tried. Without limits the server says so when it is asked.
 */
export function refusal(
  file: { name: string; size: number },
  limits?: { max_file_bytes: number; max_xlsx_bytes: number },
): { key: string; params?: Record<string, number> } | null {
  if (file.size === 0) return { key: 'errors.import.empty_upload' }
  if (/\.(xls|et)$/i.test(file.name)) return { key: 'errors.sheet.old_xls' }
  if (/\.(zip|rar|7z)$/i.test(file.name)) return { key: 'errors.sheet.zip_archive' }
  if (/\.(docx?|pdf|pptx?|png|jpe?g)$/i.test(file.name)) return { key: 'errors.sheet.not_table' }
  if (limits && /\.xlsx$/i.test(file.name) && file.size > limits.max_xlsx_bytes) {
    return {
      key: 'errors.sheet.file_too_large',
      params: { max_mb: Math.floor(limits.max_xlsx_bytes / MiB) },
    }
  }
  if (limits && file.size > limits.max_file_bytes) {
    return {
      key: 'errors.import.upload_too_large',
      params: { max_mb: Math.floor(limits.max_file_bytes / MiB) },
    }
  }
  return null
}
