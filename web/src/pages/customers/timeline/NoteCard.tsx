import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { Download, History as HistoryIcon, Paperclip, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { downloadUrl } from '@/api/client'
import {
  DateTime,
  Day,
  DetailDrawer,
  QueryView,
  useConfirmWithUndo,
  useFormat,
  useSay,
} from '@/kit'
import { deleteNote, finishStep, loadRevisions, type Note } from './api'
import { NoteForm } from './NoteForm'
import styles from './timeline.module.css'

// i18n-keys: note.direction.*, note.outcome.*
/** What somebody wrote down: text, outcome, next step, files. */
export function NoteCard({ note, customer }: { note: Note; customer: number }) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState(false)
  const [looking, setLooking] = useState(false)
  const confirm = useConfirmWithUndo()
  const client = useQueryClient()
  const remove = () =>
    confirm({
      title: t('note.delete_title'),
      text: t('note.delete_text', { count: note.attachments.length }),
      confirmText: t('common.delete'),
      danger: true,
      act: async () => {
        await deleteNote(note.id)
        await client.invalidateQueries({ queryKey: ['customers', 'timeline', customer] })
      },
      done: t('note.deleted'),
    })
  const about = [
    note.direction && t(`note.direction.${note.direction}`),
    note.outcome && t(`note.outcome.${note.outcome}`),
    note.colleagues.length > 0 &&
      t('note.with', { names: note.colleagues.map((p) => p.name).join('、') }),
  ].filter(Boolean)
  return (
    <div className={styles.note}>
      {about.length > 0 && <p className={styles.about}>{about.join(' · ')}</p>}
      {note.text && <p className={styles.text}>{note.text}</p>}
      {note.next_step && <StepLine note={note} customer={customer} />}
      {note.attachments.length > 0 && <Files note={note} />}
      <div className={styles.tools}>
        {note.version > 1 && (
          <Button
            type="text"
            size="small"
            icon={<HistoryIcon size={14} />}
            onClick={() => setLooking(true)}
          >
            {t('note.edited')}
          </Button>
        )}
        {note.can_edit && (
          <Button
            type="text"
            size="small"
            icon={<Pencil size={14} />}
            onClick={() => setEditing(true)}
          >
            {t('common.edit')}
          </Button>
        )}
        {note.can_delete && (
          <Button type="text" size="small" icon={<Trash2 size={14} />} onClick={remove}>
            {t('common.delete')}
          </Button>
        )}
      </div>
      {editing && (
        <NoteForm customer={customer} note={note} open onClose={() => setEditing(false)} />
      )}
      {looking && <Revisions note={note} onClose={() => setLooking(false)} />}
    </div>
  )
}

function StepLine({ note, customer }: { note: Note; customer: number }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { fail } = useSay()
  const [busy, setBusy] = useState(false)
  const step = note.next_step
  if (!step) return null
  const done = step.done_at !== null
  const mark = async (next: boolean) => {
    setBusy(true)
    try {
      await finishStep(note.id, next)
      await Promise.all([
        client.invalidateQueries({ queryKey: ['customers', 'timeline', customer] }),
        client.invalidateQueries({ queryKey: ['notes', 'steps'] }),
      ])
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={`${styles.step} ${done ? styles.stepDone : ''}`}>
      <Checkbox
        checked={done}
        disabled={busy || !step.can_finish}
        onChange={(event) => mark(event.target.checked)}
      >
        <span className={styles.stepText}>
          {t('note.next')} {step.text}
        </span>
      </Checkbox>
      <span className="zk-muted">
        {step.person.name} · <Day at={step.due} />
        {done && step.done_by && ` · ${t('note.done_by', { name: step.done_by.name })}`}
      </span>
    </div>
  )
}

function Files({ note }: { note: Note }) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <ul className={styles.files} aria-label={t('note.files')}>
      {note.attachments.map((file) => (
        <li key={file.id}>
          <Paperclip size={14} aria-hidden="true" />
          <a
            href={downloadUrl(`/attachments/${file.id}`, {})}
            download={file.name}
            aria-label={t('note.download', { name: file.name })}
          >
            <span>{file.name}</span>
            <span className="zk-muted zk-num">{f.bytes(file.size)}</span>
            <Download size={14} aria-hidden="true" />
          </a>
        </li>
      ))}
    </ul>
  )
}

// i18n-keys: timeline.kind.*
function Revisions({ note, onClose }: { note: Note; onClose: () => void }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['notes', 'history', note.id, note.version],
    queryFn: ({ signal }) => loadRevisions(note.id, signal),
  })
  return (
    <DetailDrawer open title={t('note.history')} onClose={onClose}>
      <QueryView query={query}>
        {(list) => (
          <ol className={styles.revisions}>
            {list.items.map((r) => (
              <li key={r.version}>
                <p className="zk-muted">
                  {t('note.until')} <DateTime at={r.replaced_at} />
                </p>
                <p>
                  {t(`timeline.kind.${r.kind}`)} <DateTime at={r.at} /> <strong>{r.subject}</strong>
                </p>
                <p className={styles.text}>{r.text}</p>
              </li>
            ))}
          </ol>
        )}
      </QueryView>
    </DetailDrawer>
  )
}
