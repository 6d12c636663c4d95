import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Tooltip } from 'antd'
import { Check, Ellipsis, Minus, ShieldPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { Permission, Role } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Can,
  ExportButton,
  joined,
  Page,
  PageHeader,
  QueryView,
  ToneTag,
  useConfirmWithUndo,
  useIsPhone,
  useMe,
} from '@/kit'
import { FieldAccess } from './FieldAccess'
import { useRoles } from './org'
import { groupsOf, RoleForm, usePermissionName } from './RoleForm'
import styles from './settings.module.css'

// i18n-keys: scope.*, permission_group.*
/** Which role may do what: a matrix of permissions by role. */
export default function RolesPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const roles = useRoles()
  const permissions = useQuery({
    queryKey: ['permissions'],
    queryFn: async ({ signal }) => (await ok(api.GET('/permissions', { signal }))).items,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const confirm = useConfirmWithUndo()
  const [editing, setEditing] = useState<Role | 'new' | null>(null)
  const [fields, setFields] = useState<Role | null>(null)
  const refresh = () => {
    client.invalidateQueries({ queryKey: ['roles'] })
    client.invalidateQueries({ queryKey: ['session'] })
  }
  const remove = (role: Role) =>
    confirm({
      title: t('roles.delete_title', { name: role.name }),
      text: t('roles.delete_text', { count: role.staff_count }),
      confirmText: t('common.delete'),
      danger: true,
      done: t('roles.deleted', { name: role.name }),
      act: async () => {
        await ok(api.DELETE('/roles/{id}', { params: { path: { id: role.id } } }))
        refresh()
      },
      undo: async () => {
        const { name, scope, permissions: held, field_access } = role
        await ok(api.POST('/roles', { body: { name, scope, permissions: held, field_access } }))
        refresh()
      },
    })

  return (
    <Page>
      <PageHeader
        title={t('nav.settings.roles')}
        purpose={t('roles.purpose')}
        actions={
          <>
            <ExportButton path="/roles/export" name="roles" query={{}} text={t('common.export')} />
            <Can permission={perm.roleManage}>
              <Button
                type="primary"
                icon={<ShieldPlus size={16} />}
                onClick={() => setEditing('new')}
              >
                {t('roles.new')}
              </Button>
            </Can>
          </>
        }
      />
      <QueryView query={joined({ roles, permissions })}>
        {(data) => (
          <>
            <Matrix {...data} onEdit={setEditing} onFields={setFields} onDelete={remove} />
            <FieldAccess
              role={fields}
              onClose={() => setFields(null)}
              onSaved={() => {
                setFields(null)
                refresh()
              }}
            />
            <RoleForm
              target={editing}
              permissions={data.permissions}
              onClose={() => setEditing(null)}
              onSaved={() => {
                setEditing(null)
                refresh()
              }}
            />
          </>
        )}
      </QueryView>
    </Page>
  )
}

interface MatrixProps {
  roles: Role[]
  permissions: Permission[]
  onEdit: (role: Role) => void
  onFields: (role: Role) => void
  onDelete: (role: Role) => void
}

function Matrix(props: MatrixProps) {
  const phone = useIsPhone()
  return phone ? <RoleCards {...props} /> : <MatrixTable {...props} />
}

function RoleMenu({
  role,
  onEdit,
  onFields,
  onDelete,
}: { role: Role } & Omit<MatrixProps, 'roles' | 'permissions'>) {
  const { t } = useTranslation()
  const me = useMe()
  if (!me.can(perm.roleManage)) return null
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: [
          { key: 'edit', label: t('common.edit') },
          // The administrator sees everything.
          { key: 'fields', label: t('access.open'), disabled: role.code === 'admin' },
          {
            key: 'delete',
            label: t('common.delete'),
            danger: true,
            disabled: role.builtin || role.staff_count > 0,
          },
        ],
        onClick: ({ key }) => (({ edit: onEdit, fields: onFields })[key] ?? onDelete)(role),
      }}
    >
      <Button
        type="text"
        size="small"
        icon={<Ellipsis size={16} />}
        aria-label={t('roles.actions', { name: role.name })}
      />
    </Dropdown>
  )
}

function MatrixTable({ roles, permissions, ...acts }: MatrixProps) {
  const { t } = useTranslation()
  const name = usePermissionName()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.matrix} aria-label={t('nav.settings.roles')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('roles.permission')}</th>
            {roles.map((role) => (
              <th key={role.id} scope="col">
                <div className={styles.roleHead}>
                  <span>{role.name}</span>
                  <RoleMenu role={role} {...acts} />
                </div>
                <div className={styles.roleNote}>
                  {t('roles.staff', { count: role.staff_count })} · {t(`scope.${role.scope}`)}
                </div>
                <Restricted role={role} />
              </th>
            ))}
          </tr>
        </thead>
        {groupsOf(permissions).map(([group, items]) => (
          <tbody key={group}>
            <tr className={styles.group}>
              <th scope="colgroup" colSpan={roles.length + 1}>
                {t(`permission_group.${group}`)}
              </th>
            </tr>
            {items.map((permission) => (
              <tr key={permission.name}>
                <th scope="row">
                  <Tooltip title={permission.name} placement="right">
                    <span>{name(permission.name)}</span>
                  </Tooltip>
                </th>
                {roles.map((role) => {
                  const held = role.permissions.includes(permission.name)
                  return (
                    <td key={role.id}>
                      {held ? (
                        <Check size={17} className={styles.held} aria-hidden="true" />
                      ) : (
                        <Minus size={15} className={styles.notHeld} aria-hidden="true" />
                      )}
                      <span className="zk-sr">{held ? t('common.yes') : t('common.no')}</span>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </section>
  )
}

/** How many fields of customers a role hides or lets only be read. */
function Restricted({ role }: { role: Role }) {
  const { t } = useTranslation()
  const count = Object.keys(role.field_access).length
  if (count === 0) return null
  return <div className={styles.roleNote}>{t('access.restricted', { count })}</div>
}

function RoleCards({ roles, permissions, ...acts }: MatrixProps) {
  const { t } = useTranslation()
  const name = usePermissionName()
  return (
    <ul className={styles.roleCards}>
      {roles.map((role) => (
        <li key={role.id}>
          <div className={styles.roleHead}>
            <span>{role.name}</span>
            <RoleMenu role={role} {...acts} />
          </div>
          <div className={styles.roleNote}>
            {t('roles.staff', { count: role.staff_count })} · {t(`scope.${role.scope}`)}
          </div>
          <Restricted role={role} />
          <div className={styles.chips}>
            {permissions
              .filter((p) => role.permissions.includes(p.name))
              .map((p) => (
                <ToneTag key={p.name} tone={0}>
                  {name(p.name)}
                </ToneTag>
              ))}
          </div>
        </li>
      ))}
    </ul>
  )
}
