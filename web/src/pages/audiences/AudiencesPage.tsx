import { Button, Dropdown } from 'antd'
import { ChevronDown, CircleDotDashed, LibraryBig, ListChecks, Workflow } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { ListQuery } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Can,
  type Column,
  Count,
  DataTable,
  DateTime,
  type FilterDef,
  FirstUse,
  LinkButton,
  Page,
  PageHeader,
  useMe,
} from '@/kit'
import { AudienceFigure } from './AudienceFigure'
import { type Audience, type Fresh, key, listAudiences, useFresh } from './api'
import styles from './audiences.module.css'
import { CountButton } from './CountButton'
import { StaticForm } from './static/StaticForm'
import { Checked, KindTag, Moved, Said, StateTags } from './words'

/** Groups of customers by rule or by hand: how many, how fresh, who uses them. */
export default function AudiencesPage() {
  const { t } = useTranslation()
  const [followed, setFollowed] = useState<number[]>([])
  const fresh = useFresh(followed).data
  const columns = useColumns(fresh)
  const filters = useFilters()
  const load = useCallback(async (query: ListQuery, signal: AbortSignal) => {
    const page = await listAudiences(query, signal)
    setFollowed(page.items.filter((a) => a.followed).map((a) => a.id))
    return page
  }, [])
  return (
    <Page>
      <PageHeader
        title={t('nav.audiences')}
        purpose={t('audiences.purpose')}
        actions={
          <>
            <LinkButton to="/audiences/overlap" icon={<CircleDotDashed size={16} />}>
              {t('audiences.overlap.title')}
            </LinkButton>
            <NewAudience />
          </>
        }
      />
      <DataTable<Audience>
        id="audiences"
        label={t('nav.audiences')}
        queryKey={[...key, 'list']}
        load={load}
        search={t('audiences.search')}
        defaultSort="-updated_at"
        filters={filters}
        columns={columns}
        rowHref={(a) => `/audiences/${a.id}`}
        refetchInterval={20_000}
        empty={<First />}
      />
    </Page>
  )
}

/** The three ways to a new audience. */
export function NewAudience({ large }: { large?: boolean }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [listing, setListing] = useState(false)
  return (
    <Can permission={perm.audienceEdit}>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          className: styles.ways,
          items: [
            {
              key: 'rule',
              icon: <Workflow size={16} />,
              label: <Way title={t('audiences.new.rule')} text={t('audiences.new.rule_text')} />,
              onClick: () => navigate('/audiences/new'),
            },
            {
              key: 'shipped',
              icon: <LibraryBig size={16} />,
              label: (
                <Way title={t('audiences.new.shipped')} text={t('audiences.new.shipped_text')} />
              ),
              onClick: () => navigate('/audiences/shipped'),
            },
            {
              key: 'static',
              icon: <ListChecks size={16} />,
              label: (
                <Way title={t('audiences.new.static')} text={t('audiences.new.static_text')} />
              ),
              onClick: () => setListing(true),
            },
          ],
        }}
      >
        <Button type="primary" size={large ? 'large' : 'middle'}>
          {t('audiences.new')}
          <ChevronDown size={16} aria-hidden="true" />
        </Button>
      </Dropdown>
      {listing && (
        <StaticForm
          onClose={() => setListing(false)}
          onSaved={(made) => navigate(`/audiences/${made.id}?tab=members`)}
        />
      )}
    </Can>
  )
}

function Way({ title, text }: { title: string; text: string }) {
  return (
    <span className={styles.way}>
      {title}
      <small>{text}</small>
    </span>
  )
}

function useColumns(fresh: Map<number, Fresh> | undefined): Column<Audience>[] {
  const { t } = useTranslation()
  return useMemo<Column<Audience>[]>(
    () => [
      {
        key: 'name',
        title: t('common.name'),
        required: true,
        sort: 'name',
        width: 200,
        render: (a) => a.name,
      },
      {
        key: 'kind',
        title: t('audiences.kind'),
        phone: 'aside',
        render: (a) => (
          <span className={styles.tags}>
            <KindTag kind={a.kind} />
            <StateTags audience={a} />
          </span>
        ),
      },
      {
        key: 'size',
        title: t('audiences.size'),
        align: 'right',
        sort: 'size',
        sortFirst: 'desc',
        hint: t('audiences.size_hint'),
        render: (a) => (
          <span className={styles.size}>
            {a.kind === 'dynamic' && !a.followed && a.size === null ? (
              <CountButton
                bare
                of={{ audience_id: a.id }}
                name={a.name}
                disabled={a.problem !== null}
              />
            ) : (
              <Count value={members(a, fresh?.get(a.id))} />
            )}
            {a.followed && (
              <small>
                <Checked at={fresh?.get(a.id)?.fresh_at || a.evaluated_at} />
              </small>
            )}
          </span>
        ),
      },
      {
        key: 'change',
        title: t('audiences.change'),
        hint: t('audiences.change_hint'),
        align: 'right',
        render: (a) => <Moved by={a.change} />,
      },
      {
        key: 'rule',
        title: t('audiences.words'),
        width: 340,
        phone: 'wide',
        render: (a) => (
          <span className={styles.clamp} title={a.sentence || undefined}>
            <Said audience={a} />
          </span>
        ),
      },
      {
        key: 'owner',
        title: t('audiences.owner'),
        phone: 'none',
        render: (a) => a.owner.name || t('audiences.program'),
      },
      {
        key: 'used_by',
        title: t('audiences.used_by'),
        hint: t('audiences.used_by_hint'),
        align: 'right',
        phone: 'none',
        render: (a) => <Count value={a.used_by} />,
      },
      {
        key: 'updated_at',
        title: t('audiences.updated'),
        sort: 'updated_at',
        sortFirst: 'desc',
        phone: 'none',
        render: (a) => <DateTime at={a.updated_at} />,
      },
    ],
    [t, fresh],
  )
}

/** Members as far as they are known: those that are followed are newer than the list. */
const members = (a: Audience, fresh: Fresh | undefined) =>
  fresh && fresh.size >= 0 ? fresh.size : a.size

function useFilters(): FilterDef[] {
  const { t } = useTranslation()
  return useMemo<FilterDef[]>(
    () => [
      {
        key: 'kind',
        label: t('audiences.kind'),
        type: 'select',
        options: (['dynamic', 'static'] as const).map((value) => ({
          value,
          label: t(`audiences.kind.${value}`),
        })),
      },
      {
        key: 'archived',
        label: t('audiences.archived'),
        type: 'select',
        options: [
          { value: 'yes', label: t('audiences.archived_only') },
          { value: 'all', label: t('audiences.archived_too') },
        ],
      },
    ],
    [t],
  )
}

function First() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <FirstUse
      title={t('audiences.first.title')}
      text={t('audiences.first.text')}
      points={[t('audiences.first.one'), t('audiences.first.two'), t('audiences.first.three')]}
      figure={<AudienceFigure />}
      action={
        me.can(perm.audienceEdit) ? (
          <span className={styles.firstActs}>
            <NewAudience large />
            <Link to="/audiences/shipped">{t('audiences.new.shipped')}</Link>
          </span>
        ) : (
          <p>{t('audiences.first.ask')}</p>
        )
      }
    />
  )
}
