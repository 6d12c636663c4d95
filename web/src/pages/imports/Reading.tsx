import { Button, Checkbox, Form, Popover, Select } from 'antd'
import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NumberInput, Typed, useFormat, useTyped } from '@/kit'
import type { Preview, Shape } from './api'
import styles from './check.module.css'
import shared from './imports.module.css'

const encodings = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be']
const delimiters = [',', ';', '\t', '|']

// i18n-keys: imports.delimiter.*
const names: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }

/** How the file is read: as detected, or as the person says. */
export function Reading({
  preview,
  shape,
  onChange,
}: {
  preview: Preview
  shape: Shape
  onChange: (shape: Shape) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const [open, setOpen] = useState(false)
  const book = preview.format === 'xlsx'
  const delimiter = (text: string) => t(`imports.delimiter.${names[text] ?? 'other'}`)
  const parts = [
    book ? 'XLSX' : preview.format === 'csv.gz' ? 'CSV (gzip)' : 'CSV',
    ...(book
      ? [t('imports.reading.sheet_named', { sheet: preview.sheet })]
      : [preview.encoding.toUpperCase(), delimiter(preview.delimiter)]),
    preview.header_line > 0
      ? t('imports.reading.header_at', { line: preview.header_line })
      : t('imports.reading.no_header'),
    t('imports.reading.columns', { count: preview.columns.length }),
  ]
  return (
    <div className={styles.reading}>
      <span className="zk-muted">{parts.join(' · ')}</span>
      <Popover
        trigger="click"
        placement="bottomRight"
        arrow={false}
        open={open}
        onOpenChange={setOpen}
        destroyOnHidden
        content={
          <ReadingForm
            preview={preview}
            shape={shape}
            delimiter={delimiter}
            onApply={(next) => {
              setOpen(false)
              onChange(next)
            }}
          />
        }
      >
        <Button size="small" icon={<SlidersHorizontal size={14} />}>
          {t('imports.reading.change')}
        </Button>
      </Popover>
      {preview.above.length > 0 && (
        <details className={shared.above}>
          <summary>{t('imports.reading.above', { count: preview.above.length })}</summary>
          <ul className={styles.list}>
            {preview.above.slice(0, 10).map((text, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no identity
              <li key={i}>{text || t('imports.column.empty')}</li>
            ))}
            {preview.above.length > 10 && <li>{f.count(preview.above.length)}</li>}
          </ul>
        </details>
      )}
    </div>
  )
}

function ReadingForm({
  preview,
  shape,
  delimiter,
  onApply,
}: {
  preview: Preview
  shape: Shape
  delimiter: (text: string) => string
  onApply: (shape: Shape) => void
}) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<Shape>(shape)
  const typed = useTyped()
  const set = (part: Shape) => setDraft((before) => ({ ...before, ...part }))
  const auto = { value: '', label: t('imports.reading.detect') }
  return (
    <Form
      layout="vertical"
      className={styles.readingForm}
      onFinish={() => typed.readable() && onApply(clean(draft))}
    >
      {preview.format === 'xlsx' ? (
        <Form.Item label={t('imports.reading.sheet')} htmlFor="reading-sheet">
          <Select
            id="reading-sheet"
            value={draft.sheet ?? preview.sheet}
            options={preview.sheets.map((value) => ({ value, label: value }))}
            onChange={(sheet) => set({ sheet })}
          />
        </Form.Item>
      ) : (
        <>
          <Form.Item label={t('imports.reading.encoding')} htmlFor="reading-encoding">
            <Select
              id="reading-encoding"
              value={draft.encoding ?? ''}
              options={[auto, ...encodings.map((value) => ({ value, label: value.toUpperCase() }))]}
              onChange={(encoding) => set({ encoding })}
            />
          </Form.Item>
          <Form.Item label={t('imports.reading.delimiter')} htmlFor="reading-delimiter">
            <Select
              id="reading-delimiter"
              value={draft.delimiter ?? ''}
              options={[auto, ...delimiters.map((value) => ({ value, label: delimiter(value) }))]}
              onChange={(value) => set({ delimiter: value })}
            />
          </Form.Item>
        </>
      )}
      <Form.Item label={t('imports.reading.header_line')} htmlFor="reading-header">
        <Typed fields={typed}>
          <NumberInput
            id="reading-header"
            className={shared.field}
            min={1}
            max={10_000}
            precision={0}
            disabled={draft.no_header}
            placeholder={t('imports.reading.detect')}
            value={draft.header_line ?? null}
            onChange={(line) => set({ header_line: line ?? undefined })}
          />
        </Typed>
      </Form.Item>
      <Form.Item>
        <Checkbox
          checked={draft.no_header}
          onChange={(event) => set({ no_header: event.target.checked })}
        >
          {t('imports.reading.none')}
        </Checkbox>
      </Form.Item>
      <div className={styles.readingEnd}>
        <Button type="text" onClick={() => onApply({})}>
          {t('imports.reading.auto')}
        </Button>
        <Button type="primary" htmlType="submit">
          {t('ui.apply')}
        </Button>
      </div>
    </Form>
  )
}

/** Without what is left to detection. */
function clean(shape: Shape): Shape {
  const out: Shape = {}
  if (shape.encoding) out.encoding = shape.encoding
  if (shape.delimiter) out.delimiter = shape.delimiter
  if (shape.sheet) out.sheet = shape.sheet
  if (shape.no_header) out.no_header = true
  else if (shape.header_line) out.header_line = shape.header_line
  return out
}
