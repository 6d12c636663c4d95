import { Button, Checkbox, Dropdown, Form, Select } from 'antd'
import { MoreHorizontal, Plus, UserRoundCog } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { perm } from '@/app/permissions'
import { DateTime, Day, FormDrawer, Section, useMe, useSay } from '@/kit'
import { departmentOptions, useDepartments } from '../../settings/org'
import type { Person } from '../timeline/api'
import { People } from '../timeline/People'
import {
  handOver,
  leaveTeam,
  type Named,
  setTeam,
  type TeamMember,
  type TeamRole,
  teamRoles,
  useMayEdit,
} from './api'
import { conflictOf } from './conflict'
import { Inline } from './Inline'
import styles from './record.module.css'
import { useEditor } from './useEditor'

const none = <span className="zk-muted">–</span>

/** Who looks after the customer: owner, adviser, department and the service team. */
export function Care() {
  const { t } = useTranslation()
  const me = useMe()
  const { record } = useEditor()
  const [giving, setGiving] = useState(false)
  const assigns = useMayEdit(record, perm.customerAssign)
  const edits = useMayEdit(record, perm.customerEdit)
  const mine = record.owner?.id === me.staff.id
  return (
    <Section
      title={t('record.section.care')}
      extra={
        record.owner &&
        (assigns || (edits && mine)) && (
          <Button size="small" icon={<UserRoundCog size={14} />} onClick={() => setGiving(true)}>
            {t('record.hand_over')}
          </Button>
        )
      }
    >
      <dl className={styles.rows}>
        <PersonField
          field="owner"
          may={assigns && edits}
          empty={<span className="zk-muted">{t('record.in_pool')}</span>}
        />
        <PersonField field="adviser" may={assigns && edits} empty={none} />
        <DepartmentField may={assigns && edits} />
        <div className={styles.row}>
          <dt>{t('record.owned_at')}</dt>
          <dd className={styles.plain}>
            <Day at={record.owned_at} />
          </dd>
        </div>
        <div className={styles.row}>
          <dt>{t('record.last_contact_at')}</dt>
          <dd className={styles.plain}>
            <DateTime at={record.last_contact_at} relative />
          </dd>
        </div>
      </dl>
      <Team may={assigns} />
      {giving && <HandOver onClose={() => setGiving(false)} />}
    </Section>
  )
}

interface PersonDraft {
  id: number | null
  name: string
}

// i18n-keys: record.part.*
function PersonField({
  field,
  may,
  empty,
}: {
  field: 'owner' | 'adviser'
  may: boolean
  empty: React.ReactNode
}) {
  const { t } = useTranslation()
  const { record } = useEditor()
  const now: Named | null = record[field]
  return (
    <Inline<PersonDraft>
      label={t(`record.part.${field}`)}
      shown={now?.name || empty}
      value={{ id: now?.id ?? null, name: now?.name ?? '' }}
      may={may}
      toPatch={({ id }) => (field === 'owner' ? { owner_id: id } : { adviser_id: id })}
      names={({ id, name }) => ({ [field]: id === null ? null : { id, name } })}
      input={({ value, onChange }) => (
        <People
          known={now ? [now as Person] : []}
          value={value.id ?? undefined}
          onChange={(id, name = '') => onChange({ id: typeof id === 'number' ? id : null, name })}
        />
      )}
    />
  )
}

function DepartmentField({ may }: { may: boolean }) {
  const { t } = useTranslation()
  const { record } = useEditor()
  const departments = useDepartments()
  const now = record.department
  return (
    <Inline<number | null>
      label={t('record.part.department')}
      shown={now?.name || none}
      value={now?.id ?? null}
      may={may}
      toPatch={(id) => ({ department_id: id })}
      names={(id) => ({
        department: departments.data?.find((d) => d.id === id) ?? null,
      })}
      input={({ value, commit }) => (
        <Select<number>
          autoFocus
          defaultOpen
          allowClear
          className={styles.wide}
          aria-label={t('record.part.department')}
          loading={departments.isPending}
          value={value ?? undefined}
          showSearch={{ optionFilterProp: 'name' }}
          options={departmentOptions(departments.data)}
          onChange={(id: number | undefined) => commit(id ?? null)}
        />
      )}
    />
  )
}

// i18n-keys: record.team.*
function Team({ may }: { may: boolean }) {
  const { t } = useTranslation()
  const { record, take } = useEditor()
  const { done, fail } = useSay()
  const [adding, setAdding] = useState(false)
  const write = async (act: Promise<typeof record>, undo?: () => Promise<typeof record>) => {
    try {
      take(await act)
      done(t('common.saved'), undo && (async () => take(await undo())))
    } catch (error) {
      fail(error)
    }
  }
  const acts = (member: TeamMember) => [
    ...teamRoles
      .filter((role) => role !== member.role)
      .map((role) => ({
        key: role,
        label: t('record.team.make', { role: t(`record.team.${role}`) }),
        onClick: () => write(setTeam(record.id, member.id, role)),
      })),
    { type: 'divider' as const },
    {
      key: 'remove',
      danger: true,
      label: t('record.team.remove'),
      onClick: () =>
        write(leaveTeam(record.id, member.id), () =>
          setTeam(record.id, member.id, member.role as TeamRole),
        ),
    },
  ]
  return (
    <div className={styles.group}>
      <div className={styles.groupHead}>
        <h3 className={styles.groupTitle}>{t('record.section.team')}</h3>
        {may && (
          <Button
            type="text"
            size="small"
            icon={<Plus size={14} />}
            aria-label={t('record.team.add')}
            onClick={() => setAdding(true)}
          >
            {t('common.add')}
          </Button>
        )}
      </div>
      {record.team.length === 0 ? (
        <p className="zk-muted">{t('record.team.none')}</p>
      ) : (
        <ul className={styles.items}>
          {record.team.map((member) => (
            <li key={member.id} className={styles.item}>
              <div className={styles.itemBody}>
                <div className={styles.itemMain}>{member.name}</div>
                <div className={styles.itemNote}>
                  <span>{t(`record.team.${member.role}`)}</span>
                  <span>
                    <Day at={member.added_at} />
                  </span>
                </div>
              </div>
              {may && member.role !== 'adviser' && (
                <Dropdown
                  trigger={['click']}
                  placement="bottomRight"
                  menu={{ items: acts(member) }}
                >
                  <Button
                    type="text"
                    size="small"
                    icon={<MoreHorizontal size={16} />}
                    aria-label={t('record.team.acts', { name: member.name })}
                  />
                </Dropdown>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && (
        <FormDrawer<{ staff_id: number; role: TeamRole }>
          open
          title={t('record.team.add')}
          initial={{ role: 'service' }}
          onClose={() => setAdding(false)}
          onSubmit={async ({ staff_id, role }) => {
            take(await setTeam(record.id, staff_id, role))
            done(t('common.saved'))
            setAdding(false)
          }}
        >
          <Form.Item
            name="staff_id"
            label={t('record.colleague')}
            rules={[{ required: true, message: t('record.colleague_missing') }]}
          >
            <People />
          </Form.Item>
          <Form.Item name="role" label={t('record.team.role')}>
            <Select
              options={teamRoles.map((role) => ({ value: role, label: t(`record.team.${role}`) }))}
            />
          </Form.Item>
        </FormDrawer>
      )}
    </div>
  )
}

function HandOver({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { record, take, reload } = useEditor()
  const { done } = useSay()
  return (
    <FormDrawer<{ owner_id: number; keep: boolean }>
      open
      title={t('record.hand_over')}
      note={t('record.hand_over_note', { owner: record.owner?.name ?? '' })}
      submitText={t('record.hand_over')}
      initial={{ keep: true }}
      onClose={onClose}
      onReload={reload}
      onSubmit={async ({ owner_id, keep }) => {
        const send = (version: number) => handOver(record.id, version, owner_id, keep)
        const after = await send(record.version).catch((error) => {
          const conflict = conflictOf(error)
          // Whoever else has changed the owner must be seen first.
          if (!conflict || conflict.others.includes('owner_id')) throw error
          return send(conflict.version)
        })
        done(t('record.handed_over'))
        onClose()
        if (after.record) take(after.record)
        else navigate('/customers', { replace: true })
      }}
    >
      <Form.Item
        name="owner_id"
        label={t('record.new_owner')}
        extra={
          record.department_follows
            ? t('ui_handover.follows')
            : t('ui_handover.stays', { department: record.department?.name ?? '' })
        }
        rules={[{ required: true, message: t('record.colleague_missing') }]}
      >
        <People />
      </Form.Item>
      <Form.Item name="keep" valuePropName="checked">
        <Checkbox>{t('record.keep_in_team')}</Checkbox>
      </Form.Item>
    </FormDrawer>
  )
}
