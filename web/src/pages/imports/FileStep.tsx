import { AutoComplete, Button, Form, Radio } from 'antd'
import { FileSpreadsheet, Pause, Play, Trash2, UploadCloud } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState, errorRef, errorText, useFormat } from '@/kit'
import { type Kind, kinds, useLimits, useSourceName, useSources } from './api'
import styles from './file.module.css'
import shared from './imports.module.css'
import { Track } from './Track'
import { recall, refusal, type UploadState } from './upload'
import { type UploadControl, useUpload } from './useUpload'

export interface Choice {
  upload: number
  /** Undefined: the server guesses. */
  kind: Kind | undefined
  source: string
}

// i18n-keys: import.kind.*, imports.kind.*
/** Step 1: the file, what it holds and where it comes from. */
export function FileStep({
  kind,
  source,
  onNext,
}: {
  kind: Kind | undefined
  source: string | null
  onNext: (choice: Choice) => void
}) {
  const { t } = useTranslation()
  const upload = useUpload()
  const sources = useSources()
  const [what, setWhat] = useState<Kind | ''>(kind ?? '')
  const [typed, setTyped] = useState<string>()
  // The source used last stands there from the start: most files come from the same place.
  const latest = sources.data?.toSorted((a, b) => b.created_at - a.created_at)[0]
  const byDefault = latest ? latest.name : sources.data ? t('imports.source.main') : ''
  const given = useSourceName(source)
  const name = typed ?? given ?? (source === null ? byDefault : '')
  const id = upload.state?.phase === 'done' ? upload.state.id : null
  const ready = id !== null && name.trim() !== ''
  const next = () => {
    if (id === null || !name.trim()) return
    const known = sources.data?.find((s) => s.name === name.trim())
    onNext({ upload: id, kind: what || undefined, source: known?.code ?? name.trim() })
  }
  return (
    <Form layout="vertical" requiredMark={false} onFinish={next} className={styles.fileStep}>
      <FilePicker upload={upload} />
      <Form.Item
        label={t('imports.source.label')}
        extra={t('imports.source.extra')}
        htmlFor="source"
      >
        <AutoComplete
          id="source"
          className={shared.field}
          value={name}
          maxLength={40}
          onChange={setTyped}
          options={(sources.data ?? []).map((s) => ({ value: s.name }))}
          placeholder={t('imports.source.placeholder')}
        />
      </Form.Item>
      <Form.Item label={t('imports.kind.label')}>
        <Radio.Group
          className={styles.kinds}
          aria-label={t('imports.kind.label')}
          value={what}
          onChange={(event) => setWhat(event.target.value as Kind | '')}
        >
          <Radio value="">
            {t('imports.kind.auto')}
            <div className={shared.hint}>{t('imports.kind.auto_text')}</div>
          </Radio>
          {kinds.map((k) => (
            <Radio key={k} value={k}>
              {t(`import.kind.${k}`)}
              <div className={shared.hint}>{t(`imports.kind.${k}_text`)}</div>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <div className={styles.foot}>
        <Button type="primary" htmlType="submit" disabled={!ready}>
          {t('common.next')}
        </Button>
        {!ready && (
          <span className="zk-muted">
            {upload.state && id === null ? t('imports.file.wait') : t('imports.file.choose_first')}
          </span>
        )}
      </div>
    </Form>
  )
}

function FilePicker({ upload }: { upload: UploadControl }) {
  const { t } = useTranslation()
  const f = useFormat()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<ReturnType<typeof refusal>>(null)
  const unfinished = upload.state ? null : recall()
  const limits = useLimits().data

  const take = (file: File | undefined) => {
    if (!file) return
    const no = refusal(file, limits)
    setRefused(no)
    if (!no) upload.choose(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  if (upload.state && upload.file) {
    return <FileProgress upload={upload} state={upload.state} file={upload.file} />
  }
  return (
    <div>
      <input
        ref={input}
        type="file"
        className="zk-sr"
        tabIndex={-1}
        aria-hidden="true"
        accept=".csv,.tsv,.txt,.gz,.xlsx"
        data-file
        onChange={(event) => {
          take(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <button
        type="button"
        className={`${styles.drop} ${over ? styles.dropOver : ''}`}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <UploadCloud size={32} strokeWidth={1.5} aria-hidden="true" />
        <span className={styles.dropTitle}>{t('imports.file.drop')}</span>
        <span className={shared.hint}>{t('imports.file.formats')}</span>
        {limits && (
          <span className={shared.hint}>
            {t('imports.file.limits', {
              max: f.bytes(limits.max_file_bytes),
              xlsx: f.bytes(limits.max_xlsx_bytes),
              rows: f.count(limits.max_rows),
            })}
          </span>
        )}
        <span className={shared.hint}>{t('imports.file.pieces')}</span>
      </button>
      {refused && (
        <p role="alert" className={styles.refusal}>
          {t(refused.key, refused.params)}
        </p>
      )}
      {unfinished && (
        <p className={styles.unfinished}>
          {t('imports.file.unfinished', {
            name: unfinished.name,
            size: f.bytes(unfinished.size),
          })}
          <Button size="small" type="text" onClick={upload.discard}>
            {t('imports.file.forget')}
          </Button>
        </p>
      )}
    </div>
  )
}

// i18n-keys: imports.upload.*
function FileProgress({
  upload,
  state,
  file,
}: {
  upload: UploadControl
  state: UploadState
  file: File
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const share = state.size > 0 ? state.sent / state.size : 0
  const parts = [`${f.bytes(state.sent)} / ${f.bytes(state.size)}`]
  if (state.rate > 0) parts.push(t('imports.upload.rate', { rate: f.bytes(state.rate) }))
  if (state.left !== null && state.left >= 1) {
    parts.push(t('ui.job.left', { left: f.duration(state.left * 1000) }))
  }
  const stopped = state.phase === 'paused' || state.phase === 'failed'
  const broken =
    state.error?.code === 'file_gone'
      ? { title: t('imports.upload.file_gone'), text: t('imports.upload.file_gone_text') }
      : state.error && errorText(state.error, t)
  return (
    <div className={styles.file}>
      <FileSpreadsheet size={28} strokeWidth={1.5} aria-hidden="true" />
      <div className={styles.fileBody}>
        <div className={styles.fileName}>{file.name}</div>
        {state.phase === 'done' ? (
          <div className={shared.hint} role="status">
            {f.bytes(file.size)} · {t('imports.upload.done')}
          </div>
        ) : (
          <>
            <Track percent={Math.floor(share * 100)} failed={state.phase === 'failed'} />
            <div className={shared.hint}>
              {t(`imports.upload.${state.phase}`)} · {parts.join(' · ')}
            </div>
          </>
        )}
        {broken && (
          <div role="alert" className={styles.refusal}>
            {broken.title} {broken.text}
            {state.phase === 'failed' && state.error && state.error.code !== 'file_gone' && (
              <div className={shared.hint}>{errorRef(state.error, t)}</div>
            )}
          </div>
        )}
      </div>
      <div className={styles.fileActions}>
        {stopped
          ? state.error?.code !== 'file_gone' && (
              <Button icon={<Play size={15} />} onClick={upload.resume}>
                {t('imports.upload.go_on')}
              </Button>
            )
          : state.phase !== 'done' && (
              <Button icon={<Pause size={15} />} onClick={upload.pause}>
                {t('common.pause')}
              </Button>
            )}
        <Button type="text" icon={<Trash2 size={15} />} onClick={upload.discard}>
          {t('imports.file.other')}
        </Button>
      </div>
    </div>
  )
}

/** For somebody who opened the address of step 2 without a file that is there. */
export function NoFile({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation()
  return (
    <EmptyState
      title={t('imports.file.missing')}
      text={t('imports.file.missing_text')}
      action={<Button onClick={onBack}>{t('imports.file.again')}</Button>}
    />
  )
}
