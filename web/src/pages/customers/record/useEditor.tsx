import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type CustomerRecord, type Patch, patchRecord, recordKey } from './api'
import { ConflictDialog } from './ConflictDialog'
import { type Conflict, conflictOf } from './conflict'
import { applied, type Names } from './draft'

interface Editor {
  record: CustomerRecord
  /** Saves fields of the row: shown at once, taken back where the server refuses. Throws what it threw. */
  save: (patch: Patch, names?: Names) => Promise<void>
  /** Takes the record that another write gave. */
  take: (record: CustomerRecord) => void
  /** Reads the record anew. */
  reload: () => Promise<CustomerRecord>
}

const Context = createContext<Editor | null>(null)

/** The record that is shown, and how it is changed. Only below RecordEditor. */
export function useEditor(): Editor {
  const editor = useContext(Context)
  if (!editor) throw new Error('useEditor outside of a record')
  return editor
}

interface Pending {
  patch: Patch
  names: Names
}

interface Clash extends Pending {
  conflict: Conflict
  settle: (patch: Patch | null | 'later') => void
}

/**
 * Saves one after the other and shows all of them at once. A change that
 * somebody else made to the same field opens a dialog; until it is answered the
 * change waits, and closing it gives the text back to the field.
 */
export function RecordEditor({
  record,
  children,
}: {
  record: CustomerRecord
  children: ReactNode
}) {
  const client = useQueryClient()
  const id = record.id
  const key = useMemo(() => recordKey(id), [id])
  const truth = useRef(record)
  const pending = useRef<Pending[]>([])
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const [clash, setClash] = useState<Clash | null>(null)
  useEffect(() => {
    // What is shown while nothing waits is what the server said.
    if (pending.current.length === 0) truth.current = record
  }, [record])

  const show = useCallback(() => {
    const shown = pending.current.reduce((r, p) => applied(r, p.patch, p.names), truth.current)
    client.setQueryData(key, shown)
  }, [client, key])

  const refresh = useCallback(() => {
    // Lists, the head of the page and the history show the record too.
    client.invalidateQueries({
      queryKey: ['customers'],
      predicate: (q) => q.queryKey[1] !== 'record' && q.queryKey[1] !== 'similar',
    })
    client.invalidateQueries({ queryKey: ['pool'] })
  }, [client])

  const take = useCallback(
    (next: CustomerRecord) => {
      truth.current = next
      show()
      refresh()
    },
    [show, refresh],
  )

  const reload = useCallback(async () => {
    await client.invalidateQueries({ queryKey: key })
    const fresh = client.getQueryData<CustomerRecord>(key) ?? truth.current
    truth.current = fresh
    return fresh
  }, [client, key])

  const send = useCallback(
    async (entry: Pending) => {
      let patch: Patch = entry.patch
      let version = truth.current.version
      for (;;) {
        try {
          return await patchRecord(id, version, patch)
        } catch (error) {
          const conflict = conflictOf(error)
          if (!conflict) throw error
          const fresh = await reload()
          const next = await new Promise<Patch | null | 'later'>((settle) => {
            setClash({ patch, names: entry.names, conflict, settle })
          })
          setClash(null)
          if (next === 'later') throw error
          if (next === null) return fresh
          patch = next
          version = conflict.version
        }
      }
    },
    [id, reload],
  )

  const save = useCallback(
    (patch: Patch, names: Names = {}) => {
      const entry: Pending = { patch, names }
      client.cancelQueries({ queryKey: key })
      pending.current = [...pending.current, entry]
      show()
      const run = async () => {
        try {
          truth.current = await send(entry)
          refresh()
        } finally {
          pending.current = pending.current.filter((p) => p !== entry)
          show()
        }
      }
      const done = queue.current.then(run, run)
      queue.current = done.catch(() => undefined)
      return done
    },
    [client, key, show, send, refresh],
  )

  const editor = useMemo(() => ({ record, save, take, reload }), [record, save, take, reload])
  return (
    <Context value={editor}>
      {children}
      {clash && (
        <ConflictDialog
          conflict={clash.conflict}
          patch={clash.patch}
          names={clash.names}
          record={truth.current}
          onSettle={clash.settle}
        />
      )}
    </Context>
  )
}
