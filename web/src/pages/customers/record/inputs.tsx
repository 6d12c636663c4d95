import { Cascader, Segmented, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NumberInput } from '@/kit'
import { type Division, useDivisions } from './api'
import { type BirthdayParts, birthdayParts, birthdayText } from './draft'
import styles from './record.module.css'

interface Place {
  value: string
  label: string
  children?: Place[]
}

/** Divisions as a tree; each comes after the one it belongs to. */
export function tree(list: Division[]): Place[] {
  const top: Place[] = []
  const byCode = new Map<string, Place>()
  for (const { code, name, under } of list) {
    const place: Place = { value: code, label: name }
    byCode.set(code, place)
    const above = byCode.get(under)
    if (above) above.children = [...(above.children ?? []), place]
    else top.push(place)
  }
  return top
}

/** The codes from the province down to a division; empty for an unknown one. */
export function pathTo(list: Division[], code: string): string[] {
  const under = new Map(list.map((d) => [d.code, d.under]))
  const path: string[] = []
  for (let at = code; at && under.has(at); at = under.get(at) ?? '') path.unshift(at)
  return path
}

/** Province, city, district by their code; a province or a city alone will do. */
export function RegionInput({
  value = '',
  onChange,
  known,
  ...rest
}: {
  value?: string
  onChange?: (code: string, names: string[]) => void
  /** What stands there without a code, or until the divisions are here. */
  known?: string
  id?: string
  autoFocus?: boolean
  open?: boolean
}) {
  const { t } = useTranslation()
  const divisions = useDivisions(true)
  const list = divisions.data
  const options = useMemo(() => tree(list ?? []), [list])
  const path = useMemo(() => pathTo(list ?? [], value), [list, value])
  return (
    <Cascader<Place>
      {...rest}
      className={styles.wide}
      classNames={{ popup: { root: styles.places } }}
      aria-label={t('record.field.region')}
      options={options}
      value={path}
      changeOnSelect
      loading={divisions.isPending}
      placeholder={known || t('record.region.placeholder')}
      notFoundContent={divisions.error ? t('record.region.failed') : t('common.no_result')}
      displayRender={(labels) => [...new Set(labels)].join(' ')}
      showSearch={{
        limit: 30,
        filter: (text, found) => found.some((o) => String(o.label).includes(text.trim())),
      }}
      onChange={(codes, chosen) =>
        onChange?.(
          String(codes?.at(-1) ?? ''),
          (chosen ?? []).map((o) => o.label),
        )
      }
    />
  )
}

const months = Array.from({ length: 12 }, (_, i) => i + 1)
const days = Array.from({ length: 31 }, (_, i) => i + 1)

export interface Birthday {
  birthday: string
  birthday_lunar: boolean
}

/** A birthday by the solar or the lunar calendar; the year may be missing. null while incomplete. */
export function BirthdayInput({
  value,
  onChange,
  id,
  autoFocus,
}: {
  value?: Birthday | null
  onChange?: (value: Birthday | null) => void
  id?: string
  autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const [own, setOwn] = useState<BirthdayParts>(() =>
    birthdayParts(value?.birthday ?? '', value?.birthday_lunar ?? false),
  )
  const change = (more: Partial<BirthdayParts>) => {
    const next = { ...own, ...more }
    setOwn(next)
    const text = birthdayText(next)
    onChange?.(text === undefined ? null : { birthday: text, birthday_lunar: next.lunar })
  }
  const day = (n: number) => ({ value: n, label: t('record.birthday.day', { n }) })
  return (
    <div className={styles.birthday}>
      <Segmented
        aria-label={t('record.field.birthday_lunar')}
        value={own.lunar ? 'lunar' : 'solar'}
        onChange={(v) => change({ lunar: v === 'lunar', ...(own.day === 31 && { day: null }) })}
        options={[
          { value: 'solar', label: t('record.birthday.solar') },
          { value: 'lunar', label: t('record.birthday.lunar') },
        ]}
      />
      <NumberInput
        id={id}
        autoFocus={autoFocus}
        className={styles.year}
        aria-label={t('record.birthday.year')}
        placeholder={t('record.birthday.year_unknown')}
        // No year is put in place of the one that was typed: the server says what is wrong with it.
        min={1}
        max={9999}
        precision={0}
        controls={false}
        value={own.year}
        onChange={(year) => change({ year })}
      />
      <Select
        className={styles.part}
        aria-label={t('record.birthday.month_label')}
        placeholder={t('record.birthday.month_label')}
        allowClear
        value={own.month ?? undefined}
        onChange={(month) => change({ month: month ?? null })}
        options={months.map((n) => ({ value: n, label: t('record.birthday.month', { n }) }))}
      />
      <Select
        className={styles.part}
        aria-label={t('record.birthday.day_label')}
        placeholder={t('record.birthday.day_label')}
        allowClear
        value={own.day ?? undefined}
        onChange={(n) => change({ day: n ?? null })}
        options={days.slice(0, own.lunar ? 30 : 31).map(day)}
      />
    </div>
  )
}

/** Words that are typed: favourite categories. */
export function WordsInput({
  value,
  onChange,
  ...rest
}: {
  value?: string[]
  onChange?: (words: string[]) => void
  id?: string
  autoFocus?: boolean
}) {
  const { t } = useTranslation()
  return (
    <Select<string[]>
      {...rest}
      className={styles.wide}
      mode="tags"
      open={false}
      suffixIcon={null}
      maxCount={20}
      tokenSeparators={[',', '，', '、', ';', '；']}
      aria-label={t('record.field.favourite_categories')}
      placeholder={t('record.words_placeholder')}
      value={value}
      onChange={onChange}
    />
  )
}
