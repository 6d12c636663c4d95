import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select, Switch } from 'antd'
import { Paperclip, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormDrawer, useCompany, useFormat, useMe, useSay } from '@/kit'
import {
  attachFile,
  createNote,
  deleteFile,
  type Note,
  type NoteInput,
  type NoteKind,
  noteKinds,
  outcomes,
  updateNote,
  useFileLimits,
} from './api'
import { named, type Refused, sortOut } from './files'
import { dayFrom, fromLocal, toLocal } from './history'
import { People } from './People'
import styles from './timeline.module.css'

interface Values {
  kind: NoteKind
  local: string
  direction?: 'in' | 'out'
  subject?: string
  text?: string
  outcome?: NoteInput['outcome']
  colleagues?: number[]
  promised: boolean
  next_step?: { text?: string; due?: string; staff_id?: number }
}

/** Writes a note, or edits one. Made for a thumb: one column, the keyboard's own date fields. */
export function NoteForm({
  customer,
  note,
  open,
  onClose,
}: {
  customer: number
  note?: Note
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { time_zone } = useCompany()
  const { done, fail } = useSay()
  const me = useMe()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [files, setFiles] = useState<File[]>([])
  const [gone, setGone] = useState<number[]>([])
  const kind = Form.useWatch('kind', form) ?? note?.kind ?? 'call'
  const promised = Form.useWatch('promised', form) ?? Boolean(note?.next_step)

  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['customers', 'timeline', customer] }),
      client.invalidateQueries({ queryKey: ['customers', 'record', customer] }),
      client.invalidateQueries({ queryKey: ['notes', 'steps'] }),
    ])
  const submit = async (values: Values) => {
    const step = values.next_step
    const body: NoteInput = {
      kind: values.kind,
      at: fromLocal(values.local, time_zone),
      direction: values.direction,
      subject: values.subject,
      text: values.text,
      outcome: values.outcome,
      colleagues: values.colleagues ?? [],
      ...(values.promised && step
        ? { next_step: { text: step.text ?? '', due: step.due ?? '', staff_id: step.staff_id } }
        : {}),
    }
    const saved = note
      ? await updateNote(note.id, note.version, body)
      : await createNote(customer, body)
    // The note stands; a file that does not go through is said and can be sent again.
    let missing = 0
    for (const id of gone) await deleteFile(id).catch(fail)
    for (const file of files) {
      await attachFile(saved.id, file).catch((error) => {
        missing++
        fail(named(error, t('note.not_attached', { name: file.name })))
      })
    }
    await refresh()
    if (missing === 0) done(t('note.saved'))
    onClose()
  }
  return (
    <FormDrawer<Values>
      form={form}
      open={open}
      title={note ? t('note.edit_title') : t('note.write')}
      note={note ? t('note.edit_note') : undefined}
      initial={start(note, me.staff.id, time_zone)}
      onClose={onClose}
      onSubmit={submit}
      onReload={() => refresh().then(onClose)}
    >
      <Form.Item name="kind" label={t('note.kind')} required>
        <Kinds />
      </Form.Item>
      <Form.Item name="text" label={t('note.text')} rules={[{ max: 10_000 }]}>
        <Input.TextArea
          className={styles.area}
          rows={5}
          maxLength={10_000}
          placeholder={t('note.text_placeholder')}
        />
      </Form.Item>
      <Form.Item name="subject" label={t('note.subject')}>
        <Input maxLength={120} autoComplete="off" />
      </Form.Item>
      <div className={styles.pair}>
        <Form.Item name="local" label={t('note.at')} rules={[{ required: true }]}>
          <Input type="datetime-local" max={toLocal(Date.now() + 60_000, time_zone)} />
        </Form.Item>
        {kind !== 'note' && (
          <Form.Item name="outcome" label={t('note.outcome')}>
            <Select
              allowClear
              options={outcomes.map((value) => ({ value, label: t(`note.outcome.${value}`) }))}
            />
          </Form.Item>
        )}
      </div>
      <div className={styles.pair}>
        {kind !== 'note' && (
          <Form.Item name="direction" label={t('note.direction')}>
            <Select
              allowClear
              options={(['out', 'in'] as const).map((value) => ({
                value,
                label: t(`note.direction.${value}`),
              }))}
            />
          </Form.Item>
        )}
        <Form.Item name="colleagues" label={t('note.colleagues')}>
          <People several known={note?.colleagues} />
        </Form.Item>
      </div>
      <Form.Item name="promised" label={t('note.next_step')} valuePropName="checked">
        <Switch />
      </Form.Item>
      {promised && (
        <div className={styles.promise}>
          <Form.Item
            name={['next_step', 'text']}
            label={t('note.step_text')}
            rules={[{ required: true, whitespace: true, message: t('note.step_missing') }]}
          >
            <Input maxLength={300} autoComplete="off" />
          </Form.Item>
          <div className={styles.pair}>
            <Form.Item
              name={['next_step', 'due']}
              label={t('note.due')}
              rules={[{ required: true, message: t('note.due_missing') }]}
            >
              <Input type="date" min={dayFrom(Date.now(), 0, time_zone)} />
            </Form.Item>
            <Form.Item name={['next_step', 'staff_id']} label={t('note.step_person')}>
              <People
                known={[
                  { id: me.staff.id, name: me.staff.name },
                  ...(note?.next_step ? [note.next_step.person] : []),
                ]}
              />
            </Form.Item>
          </div>
        </div>
      )}
      <FilePicker
        note={note}
        gone={gone}
        onGone={(id) => setGone([...gone, id])}
        files={files}
        onFiles={setFiles}
      />
    </FormDrawer>
  )
}

function start(note: Note | undefined, me: number, zone: string): Partial<Values> {
  if (!note) {
    return {
      kind: 'call',
      local: toLocal(Date.now(), zone),
      direction: 'out',
      promised: false,
      next_step: { due: dayFrom(Date.now(), 3, zone), staff_id: me },
    }
  }
  const step = note.next_step
  return {
    kind: note.kind,
    local: toLocal(note.at, zone),
    direction: (note.direction || undefined) as Values['direction'],
    subject: note.subject,
    text: note.text,
    outcome: (note.outcome || undefined) as Values['outcome'],
    colleagues: note.colleagues.map((p) => p.id),
    promised: step !== null,
    next_step: step
      ? { text: step.text, due: step.due, staff_id: step.person.id }
      : { due: dayFrom(Date.now(), 3, zone), staff_id: me },
  }
}

// i18n-keys: timeline.kind.*, note.outcome.*, note.direction.*
function Kinds({ value, onChange }: { value?: NoteKind; onChange?: (kind: NoteKind) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset className={styles.chips} aria-label={t('note.kind')}>
      {noteKinds.map((kind) => (
        <button
          key={kind}
          type="button"
          className={styles.chip}
          aria-pressed={kind === value}
          onClick={() => onChange?.(kind)}
        >
          {t(`timeline.kind.${kind}`)}
        </button>
      ))}
    </fieldset>
  )
}

// i18n-keys: note.unknown_type, note.too_large, note.too_many
function FilePicker({
  note,
  gone,
  onGone,
  files,
  onFiles,
}: {
  note?: Note
  gone: number[]
  onGone: (id: number) => void
  files: File[]
  onFiles: (files: File[]) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const limits = useFileLimits(true).data
  const input = useRef<HTMLInputElement>(null)
  const [refused, setRefused] = useState<Refused>({})
  const kept = (note?.attachments ?? []).filter((a) => !gone.includes(a.id))
  const add = (list: FileList | null) => {
    const sorted = sortOut([...(list ?? [])], kept.length + files.length, limits)
    setRefused(sorted.refused)
    onFiles([...files, ...sorted.taken])
    if (input.current) input.current.value = ''
  }
  const faults = Object.entries(refused).map(([why, names]) =>
    t(`note.${why}`, { names: names.join(t('ui_list.comma')) }),
  )
  return (
    <Form.Item
      label={t('note.files')}
      extra={
        limits &&
        t('note.files_extra', { size: f.bytes(limits.max_bytes), count: limits.max_files })
      }
      validateStatus={faults.length ? 'error' : undefined}
      help={faults.length ? faults.map((fault) => <div key={fault}>{fault}</div>) : undefined}
    >
      <ul className={styles.picked}>
        {kept.map((a) => (
          <li key={`kept-${a.id}`}>
            <Paperclip size={14} aria-hidden="true" />
            <span>{a.name}</span>
            <Drop name={a.name} onDrop={() => onGone(a.id)} />
          </li>
        ))}
        {files.map((file, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name
          <li key={i}>
            <Paperclip size={14} aria-hidden="true" />
            <span>{file.name}</span>
            <span className="zk-muted zk-num">{f.bytes(file.size)}</span>
            <Drop name={file.name} onDrop={() => onFiles(files.filter((x) => x !== file))} />
          </li>
        ))}
      </ul>
      <input
        ref={input}
        type="file"
        multiple
        className={styles.fileInput}
        accept={limits?.ends.join(',')}
        aria-label={t('note.add_file')}
        onChange={(event) => add(event.target.files)}
      />
      <Button icon={<Paperclip size={15} />} onClick={() => input.current?.click()}>
        {t('note.add_file')}
      </Button>
    </Form.Item>
  )
}

function Drop({ name, onDrop }: { name: string; onDrop: () => void }) {
  const { t } = useTranslation()
  return (
    <Button
      type="text"
      size="small"
      icon={<X size={14} />}
      aria-label={t('note.remove_file', { name })}
      onClick={onDrop}
    />
  )
}
