import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { Bones, Facts, QueryView, Section, useSay } from '@/kit'
import styles from './me.module.css'

type Absence = components['schemas']['TieringAbsence']

const key = ['tiering', 'away'] as const

/** "I am away", for members of panels: who acts meanwhile. Nothing for whoever sits on none. */
export function Away() {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ok(api.GET('/tiering/away', { signal })),
  })
  if (query.data && !query.data.away && query.data.seats.length === 0) return null
  return (
    <Section title={t('ui_away.title')} note={t('ui_away.note')} boxed>
      <QueryView query={query} compact skeleton={<Bones rows={2} />}>
        {(absence) => <Body absence={absence} />}
      </QueryView>
    </Section>
  )
}

function Body({ absence }: { absence: Absence }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const set = async (away: boolean) => {
    await ok(api.PUT('/tiering/away', { body: { away } }))
    await client.invalidateQueries({ queryKey: ['tiering'] })
  }
  const change = async (away: boolean) => {
    setBusy(true)
    try {
      await set(away)
      done(t(away ? 'ui_away.is_away' : 'ui_away.is_back'), () => set(!away))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={styles.away}>
      <div className={styles.switch}>
        <Switch
          aria-label={t('ui_away.switch')}
          checked={absence.away}
          loading={busy}
          onChange={change}
        />
        <span>{t('ui_away.switch')}</span>
      </div>
      <Facts
        items={absence.seats.map((s) => ({
          key: s.dimension,
          label: s.dimension_name,
          value: s.deputy_id
            ? t('ui_away.deputy', { name: s.deputy_name })
            : t('ui_away.no_deputy'),
        }))}
      />
    </div>
  )
}
