import { type ComponentType, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { isStatus } from '@/api/errors'
import { perm } from '@/app/permissions'
import { Bone, late, NotFound, Page, PageHeader, QueryView, useMe } from '@/kit'
import { type FullAudience, useAudience } from './api'
import { Actions } from './detail/Actions'
import styles from './detail/detail.module.css'
import { Overview } from './detail/Overview'
import { KindTag, StateTags } from './words'

const tabs: Record<string, ComponentType<{ audience: FullAudience }>> = {
  members: late(() => import('./detail/Members')),
  changes: late(() => import('./detail/Changes')),
  versions: late(() => import('./detail/Versions')),
  uses: late(() => import('./detail/Uses')),
}

// i18n-keys: audiences.tab.*
/** One audience: whom it means, who they are, who came and went, how it became so. */
export default function AudiencePage() {
  const { t } = useTranslation()
  const me = useMe()
  const [params] = useSearchParams()
  const text = useParams().id ?? ''
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null
  const query = useAudience(id)
  const missing = id === null || isStatus(query.error, 404)
  const audience = query.data
  const open = Object.keys(tabs).filter(
    (tab) =>
      (tab !== 'members' || me.can(perm.customerView)) &&
      (tab !== 'changes' || audience?.followed || audience?.kind === 'static'),
  )
  const asked = params.get('tab') ?? ''
  const tab = open.includes(asked) ? asked : 'overview'
  const Tab = tabs[tab]
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.audiences'), to: '/audiences' }]}
        title={audience?.name ?? t('audiences.one')}
        badge={
          audience && (
            <>
              <KindTag kind={audience.kind} />
              <StateTags audience={audience} />
            </>
          )
        }
        purpose={audience?.description || undefined}
        actions={audience && <Actions audience={audience} />}
        tabs={
          missing
            ? undefined
            : ['overview', ...open].map((key) => ({
                key,
                label: t(`audiences.tab.${key}`),
                to: key === 'overview' ? `/audiences/${text}` : `/audiences/${text}?tab=${key}`,
              }))
        }
        activeTab={tab}
      />
      {missing ? (
        <NotFound
          what={t('audiences.one')}
          back={{ label: t('nav.audiences'), to: '/audiences' }}
        />
      ) : (
        <QueryView query={query} skeleton={<Skeleton />}>
          {(full) =>
            Tab ? (
              <Suspense fallback={<Bone width="100%" height={320} />}>
                <Tab key={full.id} audience={full} />
              </Suspense>
            ) : (
              <Overview key={full.id} audience={full} />
            )
          }
        </QueryView>
      )}
    </Page>
  )
}

function Skeleton() {
  return (
    <div className={styles.story} aria-busy="true">
      <Bone width="100%" height={96} />
      <Bone width="100%" height={240} />
      <Bone width="100%" height={320} />
    </div>
  )
}
