import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import { transport } from './api'
import { ChunkUpload, isSame, recall, remember, type UploadState } from './upload'

// One upload at a time, outside of the page: it goes on while the person looks
// at other pages of the program.
let current: ChunkUpload | null = null
const listeners = new Set<() => void>()
let leave: (() => void) | null = null

function put(next: ChunkUpload | null): void {
  leave?.()
  current = next
  leave = next ? next.subscribe(() => announce()) : null
  announce()
}

function announce(): void {
  for (const fn of listeners) fn()
}

const subscribe = (fn: () => void) => {
  listeners.add(fn)
  return () => listeners.delete(fn)
}

const snapshot = (): UploadState | null => current?.state ?? null

export interface UploadControl {
  /** Null while no file is chosen. */
  state: UploadState | null
  file: File | null
  choose: (file: File) => void
  pause: () => void
  resume: () => void
  /** Lets go of the file; what was sent is removed from the server. */
  discard: () => void
}

/** The upload of the import being set up; warns before the tab is closed in the middle. */
export function useUpload(): UploadControl {
  const state = useSyncExternalStore(subscribe, snapshot)
  const busy = state !== null && ['starting', 'sending', 'waiting'].includes(state.phase)
  const memo = useRef<number | null>(null)

  useEffect(() => {
    const file = current?.file
    if (!state || !file || state.id === null) return
    if (state.phase === 'done') {
      // Nothing is left to go on with.
      memo.current = null
      remember(null)
      return
    }
    if (memo.current === state.id) return
    memo.current = state.id
    remember({ id: state.id, name: file.name, size: file.size, modified: file.lastModified })
  }, [state])

  useEffect(() => {
    if (!busy) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [busy])

  const choose = useCallback((file: File) => {
    current?.pause()
    const known = recall()
    const upload = new ChunkUpload(file, transport)
    put(upload)
    upload.start(known && isSame(known, file) ? known.id : undefined)
  }, [])
  return {
    state,
    file: current?.file ?? null,
    choose,
    pause: useCallback(() => current?.pause(), []),
    resume: useCallback(() => void current?.resume(), []),
    discard: useCallback(() => discard(), []),
  }
}

/** Lets go of an upload, by default the one at hand or remembered. */
export function discard(id = current?.state.id ?? recall()?.id): void {
  current?.pause()
  put(null)
  remember(null)
  // The server removes what nobody comes back for in any case.
  if (id) transport.remove(id).catch(() => undefined)
}

/** After an import began: the upload belongs to it now and is not taken up again. */
export function handedOver(): void {
  put(null)
  remember(null)
}
