import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input, Segmented, Select, Upload } from 'antd'
import { Download, FileUp } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '@/api/errors'
import { DetailDrawer, errorText, useFormat, useSay } from '@/kit'
import { useFound } from '../../customers/record/api'
import {
  addEntries,
  type EntriesImport,
  type EntriesImported,
  type FullAudience,
  importEntries,
  written,
} from '../api'
import shared from '../audiences.module.css'
import { maxFile, readNumbers, readText, toCsv } from '../numbers'
import styles from './static.module.css'

type Way = 'search' | 'paste' | 'file'

// i18n-keys: audiences.add.*
/** Puts customers into a static list: found by name, or by a column of numbers. */
export function AddMembers({ audience, onClose }: { audience: FullAudience; onClose: () => void }) {
  const { t } = useTranslation()
  const [way, setWay] = useState<Way>('search')
  return (
    <DetailDrawer
      open
      title={t('audiences.add.to', { name: audience.name })}
      onClose={onClose}
      footer={
        <div className={styles.foot}>
          <Button onClick={onClose}>{t('common.close')}</Button>
        </div>
      }
    >
      <Segmented<Way>
        block
        aria-label={t('audiences.add.way')}
        value={way}
        onChange={setWay}
        options={(['search', 'paste', 'file'] as const).map((value) => ({
          value,
          label: t(`audiences.add.${value}`),
        }))}
      />
      {way === 'search' ? (
        <Search audience={audience} />
      ) : (
        <Numbers key={way} audience={audience} way={way} />
      )}
    </DetailDrawer>
  )
}

/** Finds customers one after the other and adds those that were chosen. */
function Search({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<{ value: number; label: string }[]>([])
  const [busy, setBusy] = useState(false)
  const found = useFound(useDeferredValue(text))
  const options = (found.data ?? []).map((hit) => ({
    value: hit.id,
    label: [hit.title, hit.subtitle].filter(Boolean).join(' · '),
  }))
  const add = async () => {
    setBusy(true)
    try {
      const out = await addEntries(audience.id, { customer_ids: chosen.map((c) => c.value) })
      written(client)
      setChosen([])
      done(t('audiences.list.added', { count: out.changed }))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={styles.stack}>
      <Select
        mode="multiple"
        labelInValue
        className={shared.picker}
        aria-label={t('audiences.add.find')}
        placeholder={t('audiences.add.find')}
        showSearch={{ filterOption: false, onSearch: setText }}
        loading={found.isFetching}
        notFoundContent={text.trim() !== '' && !found.isFetching ? t('common.no_result') : null}
        value={chosen}
        onChange={(next: { value: number; label: string }[]) => {
          setChosen(next)
          setText('')
        }}
        options={options}
      />
      <div>
        <Button type="primary" loading={busy} disabled={chosen.length === 0} onClick={add}>
          {t('audiences.add.these', { count: chosen.length })}
        </Button>
      </div>
    </div>
  )
}

const kinds = ['auto', 'phone', 'email', 'member', 'number'] as const

/** A column of numbers, pasted or of a file: looked at first, then added. */
function Numbers({ audience, way }: { audience: FullAudience; way: Way }) {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const { done } = useSay()
  const [text, setText] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [by, setBy] = useState<(typeof kinds)[number]>('auto')
  const [tooLarge, setTooLarge] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [result, setResult] = useState<{
    out: EntriesImported
    lines: string[] | null
    done: boolean
  }>()
  const there = way === 'paste' ? text.trim() !== '' : file !== null
  const changed = () => {
    setResult(undefined)
    setFailure(null)
  }
  const send = async (dry_run: boolean) => {
    setBusy(true)
    setFailure(null)
    try {
      const body: EntriesImport = { by, dry_run }
      let lines: string[] | null = null
      if (way === 'paste') {
        lines = readNumbers(text)
        body.text = lines.join('\n')
      } else if (file) {
        body.file = await base64(file)
        body.file_name = file.name
        // What was in the rows is known of text only; of XLSX their numbers.
        if (!/\.xlsx$/i.test(file.name)) lines = (await readText(file)).split(/\r?\n/)
      }
      const out = await importEntries(audience.id, body)
      setResult({ out, lines, done: !dry_run })
      if (!dry_run) {
        written(client)
        done(t('audiences.list.added', { count: out.added }))
      }
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const wrong = failure ? said(failure, t) : null
  return (
    <div className={styles.stack}>
      <p className="zk-muted">{t('audiences.add.hint')}</p>
      {way === 'paste' ? (
        <Input.TextArea
          rows={8}
          className={styles.numbers}
          aria-label={t('audiences.add.paste')}
          placeholder={t('audiences.add.paste_placeholder')}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            changed()
          }}
        />
      ) : (
        <Upload
          accept=".csv,.txt,.xlsx"
          maxCount={1}
          beforeUpload={(next) => {
            changed()
            if (next.size > maxFile) {
              setFile(null)
              setTooLarge(next.name)
              return Upload.LIST_IGNORE
            }
            setTooLarge(null)
            setFile(next)
            return false
          }}
          onRemove={() => {
            setFile(null)
            changed()
          }}
        >
          <Button icon={<FileUp size={16} />}>{t('audiences.add.choose')}</Button>
        </Upload>
      )}
      {tooLarge && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t('audiences.add.too_large', { name: tooLarge, max: f.bytes(maxFile) })}
        />
      )}
      <Select<(typeof kinds)[number]>
        aria-label={t('audiences.add.by')}
        value={by}
        onChange={(next) => {
          setBy(next)
          changed()
        }}
        options={kinds.map((value) => ({ value, label: t(`audiences.add.by_${value}`) }))}
      />
      {wrong && (
        <Alert type="error" showIcon role="alert" title={wrong.title} description={wrong.text} />
      )}
      {result && <Result {...result} name={audience.name} />}
      <div className={styles.acts}>
        {!result?.done && (
          <>
            <Button loading={busy && !result} disabled={!there || busy} onClick={() => send(true)}>
              {t('audiences.add.check')}
            </Button>
            <Button
              type="primary"
              loading={busy && Boolean(result)}
              disabled={!there || busy || !result || result.out.added === 0}
              onClick={() => send(false)}
            >
              {t('audiences.add.these', { count: result?.out.added ?? 0 })}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}

// i18n-keys: audiences.row.* audiences.read.*
/** What became of the rows, and those that added nobody as a file. */
function Result({
  out,
  lines,
  done,
  name,
}: {
  out: EntriesImported
  lines: string[] | null
  done: boolean
  name: string
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const parts = (
    [
      ['added', out.added],
      ['already', out.already],
      ['not_found', out.not_found],
      ['ambiguous', out.ambiguous],
      ['twice', out.twice],
      ['unreadable', out.unreadable],
    ] as const
  ).filter(([kind, n]) => n > 0 || kind === 'added')
  // Of text that was pasted there is one column, and nothing to say of it.
  const column = out.column > 1 || out.title !== ''
  const read = (['phone', 'email', 'member', 'number'] as const).filter((k) => out.read[k] > 0)
  const save = () => {
    const rows = out.problems.map((p) => [
      String(p.row),
      lines?.[p.row - 1] ?? '',
      t(`audiences.row.${p.status}`),
    ])
    const head = [t('audiences.row.row'), t('audiences.row.value'), t('audiences.row.result')]
    const url = URL.createObjectURL(new Blob([toCsv([head, ...rows])], { type: 'text/csv' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${name}-${t('audiences.add.rest')}.csv`
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <div className={styles.result} role="status">
      <strong>
        {t(done ? 'audiences.add.did' : 'audiences.add.would', { rows: f.count(out.rows) })}
      </strong>
      {column && (
        <p className="zk-muted">
          {t(out.title ? 'audiences.add.column_titled' : 'audiences.add.column', {
            column: out.column,
            title: out.title,
          })}
        </p>
      )}
      <dl>
        {parts.map(([kind, n]) => (
          <div key={kind}>
            <dt>{t(kind === 'added' && !done ? 'audiences.row.new' : `audiences.row.${kind}`)}</dt>
            <dd className="zk-num">{f.count(n)}</dd>
          </div>
        ))}
      </dl>
      {read.length > 0 && (
        <p className="zk-muted">
          {t('audiences.add.read', {
            kinds: read
              .map((kind) => t(`audiences.read.${kind}`, { rows: f.count(out.read[kind]) }))
              .join(t('audiences.add.read_between')),
          })}
        </p>
      )}
      {out.problems.length > 0 && (
        <Button size="small" icon={<Download size={14} />} onClick={save}>
          {t('audiences.add.download', { count: out.problems.length })}
        </Button>
      )}
    </div>
  )
}

/** The bytes of a file as the API takes them. */
function base64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}

/** What is wrong with the rows, in the server's words where it has some for them. */
function said(error: unknown, t: Parameters<typeof errorText>[1]) {
  const message = asApiError(error).fields[0]?.message
  return message ? { title: message, text: '' } : errorText(error, t)
}
