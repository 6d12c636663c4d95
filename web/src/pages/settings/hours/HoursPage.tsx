import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Switch } from 'antd'
import dayjs from 'dayjs'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { type ApiError, asApiError } from '@/api/errors'
import type { components } from '@/api/schema.gen'
import { perm } from '@/app/permissions'
import {
  DateInput,
  FormError,
  Page,
  PageHeader,
  QueryView,
  SaveBar,
  Section,
  Typed,
  useFormat,
  useLeaving,
  useMe,
  useSay,
  useTyped,
  useUnread,
} from '@/kit'
import { minutesOf, mostDays, type WorkHours } from './draft'
import styles from './hours.module.css'
import { Spans } from './Spans'

type Known = components['schemas']['OrgWorkHoursOut']

const key = ['settings', 'hours']
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** When the company works: what deadlines in working hours are counted by. */
export default function HoursPage() {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ok(api.GET('/settings/hours', { signal })),
  })
  return (
    <Page narrow>
      <PageHeader title={t('nav.settings.hours')} purpose={t('hours.purpose')} />
      <QueryView query={query}>
        {(hours) => <Editor key={JSON.stringify(hours)} base={hours} />}
      </QueryView>
    </Page>
  )
}

// i18n-keys: hours.day.*
function Editor({ base }: { base: Known }) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const client = useQueryClient()
  const { done } = useSay()
  const { known_years: years, ...stored } = base
  const [hours, setHours] = useState<WorkHours>(stored)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const may = me.can(perm.settingsManage)
  const typed = useTyped()
  const unread = useUnread(typed)
  const dirty = unread || JSON.stringify(hours) !== JSON.stringify(stored)
  const leave = useLeaving(dirty)
  const set = (part: Partial<WorkHours>) => {
    setFailure(null)
    setHours((before) => ({ ...before, ...part }))
  }
  const days = (days: WorkHours['days']) => set({ days })
  const day = (at: number, part: Partial<WorkHours['days'][number]>) =>
    days(hours.days.map((d, i) => (i === at ? { ...d, ...part } : d)))
  // The day after the last one, so that a holiday of several days is a few clicks.
  const oneMore = () => {
    const last = hours.days.at(-1)?.day
    const next = (last ? dayjs(last) : dayjs()).add(1, 'day').format('YYYY-MM-DD')
    days([...hours.days, { day: next, note: hours.days.at(-1)?.note ?? '', spans: [] }])
  }
  const save = async () => {
    if (!typed.readable()) return
    setBusy(true)
    try {
      const saved = await ok(api.PUT('/settings/hours', { body: hours }))
      leave.free()
      client.setQueryData(key, saved)
      done(t('hours.saved'))
    } catch (thrown) {
      setFailure(asApiError(thrown))
      window.scrollTo({ top: 0 })
    } finally {
      setBusy(false)
    }
  }
  const total = hours.week.reduce((sum, d) => sum + minutesOf(d.spans), 0)
  return (
    <>
      <FormError
        error={failure}
        rest={failure?.fields.map((x) => `${place(x.path)}${x.message}`)}
        onReload={() => client.invalidateQueries({ queryKey: key })}
      />
      <Section
        title={t('hours.week')}
        note={t('hours.week_total', { hours: f.count(total / 60, total % 60 ? 1 : 0) })}
        boxed
      >
        <ol className={styles.week}>
          {hours.week.map((weekday, at) => {
            const name = t(`hours.day.${weekdays[at]}`)
            return (
              <li key={name} className={styles.day}>
                <span>{name}</span>
                <Spans
                  of={name}
                  spans={weekday.spans}
                  may={may}
                  onChange={(spans) =>
                    set({ week: hours.week.map((d, i) => (i === at ? { spans } : d)) })
                  }
                />
                {may && at > 0 && at < 5 ? (
                  <Button
                    type="link"
                    size="small"
                    onClick={() =>
                      set({
                        week: hours.week.map((d, i) =>
                          i === at ? { spans: hours.week[at - 1]?.spans ?? [] } : d,
                        ),
                      })
                    }
                  >
                    {t('hours.as_before')}
                  </Button>
                ) : (
                  <span />
                )}
              </li>
            )
          })}
        </ol>
      </Section>
      <Section title={t('hours.holidays')} boxed>
        <div className={styles.switch}>
          <Switch
            id="hours-holidays"
            disabled={!may}
            checked={hours.holidays}
            onChange={(holidays) => set({ holidays })}
          />
          <label htmlFor="hours-holidays">
            {t('hours.by_state')}
            <small className="zk-muted">
              {t('hours.by_state_note', { years: years.join(t('hours.and')) })}
            </small>
          </label>
        </div>
      </Section>
      <Section
        title={t('hours.days')}
        note={t('hours.days_note')}
        boxed
        extra={
          may && (
            <Button
              size="small"
              icon={<Plus size={14} />}
              disabled={hours.days.length >= mostDays}
              onClick={oneMore}
            >
              {t('hours.days_add')}
            </Button>
          )
        }
      >
        {hours.days.length === 0 && <span className="zk-muted">{t('hours.days_none')}</span>}
        <Typed fields={typed}>
          <ol className={styles.week}>
            {hours.days.map((d, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a day may be changed and stand twice while it is typed
              <li key={at} className={`${styles.day} ${styles.special}`}>
                <DateInput
                  aria-label={t('hours.day_n', { n: at + 1 })}
                  disabled={!may}
                  allowClear={false}
                  value={dayjs(d.day)}
                  onChange={(value) => value && day(at, { day: value.format('YYYY-MM-DD') })}
                />
                <Spans
                  of={d.day}
                  spans={d.spans}
                  may={may}
                  onChange={(spans) => day(at, { spans })}
                />
                <Input
                  aria-label={t('hours.note_of', { of: d.day })}
                  placeholder={t('hours.note')}
                  disabled={!may}
                  maxLength={50}
                  value={d.note}
                  onChange={(event) => day(at, { note: event.target.value })}
                />
                {may ? (
                  <Button
                    type="text"
                    size="small"
                    icon={<Trash2 size={15} />}
                    aria-label={t('hours.days_remove', { of: d.day })}
                    onClick={() => days(hours.days.filter((_, i) => i !== at))}
                  />
                ) : (
                  <span />
                )}
              </li>
            ))}
          </ol>
        </Typed>
      </Section>
      {may && (
        <SaveBar
          status={dirty ? t('hours.dirty') : t('hours.used_by')}
          more={[
            {
              key: 'discard',
              label: t('common.discard'),
              disabled: !dirty || busy,
              onClick: () => {
                set(stored)
                typed.forget()
              },
            },
          ]}
        >
          <Button type="primary" disabled={!dirty} loading={busy} onClick={save}>
            {t('common.save')}
          </Button>
        </SaveBar>
      )}
    </>
  )

  // Where a fault is, in words: "week[1].spans[0].from" is of Tuesday.
  function place(path: string): string {
    const found = /^(week|days)\[(\d+)\]/.exec(path)
    if (!found) return ''
    const at = Number(found[2])
    const of = found[1] === 'week' ? t(`hours.day.${weekdays[at]}`) : hours.days[at]?.day
    return of ? t('hours.fault', { of }) : ''
  }
}
