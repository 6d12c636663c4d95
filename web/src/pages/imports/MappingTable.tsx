import { Checkbox, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState, useFormat, useIsPhone } from '@/kit'
import type { Column, Meaning, Preview } from './api'
import shared from './imports.module.css'
import { type Columns, certainty, columnOf, ignore, textsOf } from './mapping'
import styles from './mapping.module.css'
import { groupsOf, useMeaningWord } from './meanings'

interface Props {
  preview: Preview
  columns: Columns
  /** Faults the server found, by column. */
  errors: Map<string, string>
  onAssign: (key: string, meaning: Meaning) => void
}

/** The first rows of the file under the meaning of each column; cards on a phone. */
export function MappingTable(props: Props) {
  const { preview, columns } = props
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [usedOnly, setUsedOnly] = useState(false)
  const shown = preview.columns
    .map((column, at) => ({ column, at }))
    .filter(({ column }) => !usedOnly || columns[column.key])
  const ignored = preview.columns.length - Object.keys(columns).length
  return (
    <div className={styles.mapping}>
      {ignored > 0 && (
        <Checkbox checked={usedOnly} onChange={(event) => setUsedOnly(event.target.checked)}>
          {t('imports.hide_ignored', { count: ignored })}
        </Checkbox>
      )}
      {phone ? (
        <ul className={styles.cards}>
          {shown.map(({ column }) => (
            <li key={column.key} className={columns[column.key] ? undefined : styles.off}>
              <div className={styles.cardTitle}>{column.title || column.key}</div>
              <div className={styles.examples}>
                {textsOf(preview, column.key, 3).join(' · ') || t('imports.column.empty')}
              </div>
              <Head {...props} column={column} bare />
            </li>
          ))}
        </ul>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={styles.sheetBox} aria-label={t('imports.preview')} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col" className={styles.rowNo}>
                  <span className="zk-sr">{t('imports.row')}</span>
                </th>
                {shown.map(({ column }) => (
                  <th
                    key={column.key}
                    scope="col"
                    className={columns[column.key] ? undefined : styles.off}
                  >
                    <Head {...props} column={column} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {preview.rows.map((row, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no identity
                <tr key={i}>
                  <td className={styles.rowNo}>{i + 1}</td>
                  {shown.map(({ column, at }) => (
                    <td
                      key={column.key}
                      title={row[at]}
                      className={columns[column.key] ? undefined : styles.off}
                    >
                      {row[at]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <EmptyState compact title={t('imports.column.none')} />}
        </section>
      )}
    </div>
  )
}

// i18n-keys: import.meaning.*, imports.group.*, imports.certainty.*
function Head({
  column,
  columns,
  preview,
  errors,
  onAssign,
  bare,
}: Props & { column: Column; bare?: boolean }) {
  const { t } = useTranslation()
  const f = useFormat()
  const word = useMeaningWord(preview.fields)
  const meaning = columns[column.key] ?? ignore
  const title = column.title || column.key
  const options = useMemo(
    () => [
      { value: ignore, label: t('import.meaning.ignore'), held: '' },
      ...groupsOf(preview.meanings, preview.fields).map(({ group, meanings }) => ({
        label: t(`imports.group.${group}`),
        options: meanings.map((value) => {
          const by = columnOf(columns, value)
          return {
            value,
            label: word(value),
            held: by && by !== column.key ? by : '',
          }
        }),
      })),
    ],
    [preview.meanings, preview.fields, columns, column.key, t, word],
  )
  const error = errors.get(column.key)
  const guessed = meaning === column.meaning && meaning !== ignore
  const sure = certainty(column.confidence)
  return (
    <div className={styles.head}>
      {!bare && (
        <div className={styles.headTitle} title={title}>
          {title}
        </div>
      )}
      <Select
        className={shared.field}
        size={bare ? 'middle' : 'small'}
        aria-label={t('imports.meaning_of', { column: title })}
        value={meaning}
        status={error ? 'error' : undefined}
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        options={options}
        optionRender={({ label, data }) => (
          <span className={styles.option}>
            {label}
            {'held' in data && data.held && (
              <span className={shared.hint}>{t('imports.held_by', { column: data.held })}</span>
            )}
          </span>
        )}
        onChange={(value) => onAssign(column.key, value)}
      />
      {error ? (
        <div className={styles.headError}>{error}</div>
      ) : (
        <div className={`${styles.certainty} ${guessed ? styles[sure] : ''}`}>
          {meaning === ignore
            ? t('imports.certainty.ignored')
            : !guessed
              ? t('imports.certainty.chosen')
              : preview.saved
                ? t('imports.certainty.saved')
                : t(`imports.certainty.${sure}`, { share: f.percent(column.confidence, 0) })}
        </div>
      )}
    </div>
  )
}
