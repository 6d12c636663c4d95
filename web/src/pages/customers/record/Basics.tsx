import { Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { DateInput, Day, Section } from '@/kit'
import { channels, educations, type Patch, useMayEdit } from './api'
import { regionText } from './draft'
import { Inline, type Slot } from './Inline'
import { type Birthday, BirthdayInput, RegionInput, WordsInput } from './inputs'
import styles from './record.module.css'
import { useEditor } from './useEditor'

const none = <span className="zk-muted">–</span>

/** Who the customer is; every field is edited where it stands. */
export function Basics() {
  const { t } = useTranslation()
  const { record } = useEditor()
  const may = useMayEdit(record, perm.customerEdit)
  const person = record.kind === 'person'
  return (
    <Section title={t('record.section.basic')}>
      <dl className={styles.rows}>
        <Text field="name" max={200} />
        <Choice field="kind" codes={['person', 'company', 'org']} words="customer.kind" fixed />
        <Choice field="stage" codes={['prospect', 'customer']} words="customer.stage" fixed />
        <Text field="company" max={200} />
        {person && (
          <>
            <Choice field="gender" codes={['male', 'female']} words="customer.gender" />
            <BirthdayField />
            <Choice field="education" codes={[...educations]} words="record.education" />
          </>
        )}
        <Text field="industry" max={100} />
        <RegionField />
        <Inline<string>
          label={t('record.field.registered_at')}
          shown={record.registered_at ? <Day at={record.registered_at} /> : none}
          value={record.registered_at ?? ''}
          may={may}
          access="registered_at"
          toPatch={(registered_at) => ({ registered_at })}
          input={({ value, onChange }) => (
            <DateInput
              autoFocus
              className={styles.wide}
              aria-label={t('record.field.registered_at')}
              maxDate={dayjs()}
              value={value ? dayjs(value) : null}
              onChange={(day) => onChange(day?.format('YYYY-MM-DD') ?? '')}
            />
          )}
        />
        <Choice field="preferred_channel" codes={[...channels]} words="record.channel" />
        <Inline<string[]>
          label={t('record.field.favourite_categories')}
          shown={record.favourite_categories?.join('、') || none}
          value={record.favourite_categories ?? []}
          may={may}
          access="favourite_categories"
          toPatch={(words) => ({ favourite_categories: words })}
          input={({ value, onChange }) => (
            <WordsInput autoFocus value={value} onChange={onChange} />
          )}
        />
        <Inline<string>
          wide
          long
          label={t('record.field.remark')}
          shown={record.remark ? <span className={styles.prose}>{record.remark}</span> : none}
          value={record.remark ?? ''}
          may={may}
          access="remark"
          toPatch={(remark) => ({ remark })}
          input={({ value, onChange }) => (
            <Input.TextArea
              autoFocus
              rows={3}
              maxLength={2000}
              className={styles.area}
              aria-label={t('record.field.remark')}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        />
      </dl>
    </Section>
  )
}

type TextField = 'name' | 'company' | 'industry'

// i18n-keys: record.field.*
function Text({ field, max }: { field: TextField; max: number }) {
  const { t } = useTranslation()
  const { record } = useEditor()
  const may = useMayEdit(record, perm.customerEdit)
  return (
    <Inline<string>
      label={t(`record.field.${field}`)}
      shown={record[field] || none}
      value={record[field] ?? ''}
      may={may}
      access={field}
      toPatch={(text) => ({ [field]: text.trim() })}
      input={({ value, onChange }) => (
        <Input
          autoFocus
          maxLength={max}
          autoComplete="off"
          aria-label={t(`record.field.${field}`)}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    />
  )
}

type ChoiceField = 'kind' | 'stage' | 'gender' | 'education' | 'preferred_channel'

// i18n-keys: customer.kind.*, customer.stage.*, customer.gender.*, record.education.*, record.channel.*
function Choice({
  field,
  codes,
  words,
  fixed,
}: {
  field: ChoiceField
  codes: string[]
  words: string
  /** There is always a value. */
  fixed?: boolean
}) {
  const { t } = useTranslation()
  const { record } = useEditor()
  const may = useMayEdit(record, perm.customerEdit)
  const now = record[field]
  return (
    <Inline<string>
      label={t(`record.field.${field}`)}
      shown={now ? t(`${words}.${now}`) : none}
      value={now ?? ''}
      may={may}
      access={field}
      toPatch={(code) => ({ [field]: code }) as Patch}
      input={({ value, commit }: Slot<string>) => (
        <Select
          autoFocus
          defaultOpen
          allowClear={!fixed}
          className={styles.wide}
          aria-label={t(`record.field.${field}`)}
          value={value || undefined}
          onChange={(next) => commit(next ?? '')}
          options={codes.map((code) => ({ value: code, label: t(`${words}.${code}`) }))}
        />
      )}
    />
  )
}

function BirthdayField() {
  const { t } = useTranslation()
  const { record } = useEditor()
  const may = useMayEdit(record, perm.customerEdit)
  const info = record.birthday_info
  const shown = record.birthday ? (
    <span>
      {info && record.birthday_lunar ? (
        <>
          {info.label} <span className="zk-muted zk-num">{record.birthday}</span>
        </>
      ) : (
        <>
          <span className="zk-num">{record.birthday}</span>
          {record.birthday_lunar && ` ${t('record.birthday.lunar')}`}
        </>
      )}
      {info && (info.age !== null || info.next) && (
        <small className={styles.more}>
          {info.age !== null && t('record.birthday.age', { count: info.age })}
          {info.age !== null && info.next && ' · '}
          {info.next && (
            <>
              {t('record.birthday.next')} <Day at={info.next} />
            </>
          )}
        </small>
      )}
    </span>
  ) : (
    none
  )
  return (
    <Inline<Birthday | null>
      label={t('record.field.birthday')}
      shown={shown}
      value={{
        birthday: record.birthday ?? '',
        birthday_lunar: record.birthday_lunar ?? false,
      }}
      may={may}
      access="birthday"
      toPatch={(b) =>
        b
          ? { birthday: b.birthday, birthday_lunar: b.birthday !== '' && b.birthday_lunar }
          : undefined
      }
      input={({ value, onChange }) => <BirthdayInput autoFocus value={value} onChange={onChange} />}
    />
  )
}

interface PlaceDraft {
  code: string
  names: string[]
}

/** Clearing a place clears its names too: names alone would give the code back. */
export const placePatch = ({ code }: PlaceDraft): Patch =>
  code ? { region_code: code } : { region_code: '', province: '', city: '', district: '' }

function RegionField() {
  const { t } = useTranslation()
  const { record } = useEditor()
  const may = useMayEdit(record, perm.customerEdit)
  const text = regionText(record)
  return (
    <Inline<PlaceDraft>
      label={t('record.field.region')}
      shown={text || none}
      value={{
        code: record.region_code ?? '',
        names: [record.province ?? '', record.city ?? '', record.district ?? ''],
      }}
      may={may}
      access="region"
      toPatch={(place) => (!place.code && !text && !record.region_code ? {} : placePatch(place))}
      names={(place) => ({ region: place.names })}
      input={({ value, onChange }) => (
        <RegionInput
          autoFocus
          value={value.code}
          known={text}
          onChange={(code, names) => onChange({ code, names })}
        />
      )}
    />
  )
}
