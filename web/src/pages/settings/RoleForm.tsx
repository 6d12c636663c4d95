import { Checkbox, Form, Input, Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { Permission, Role, RoleInput } from '@/api/types'
import { FormDrawer, useSay } from '@/kit'
import styles from './settings.module.css'

// i18n-keys: permission.*, permission_group.*
/** A permission's name in the reader's language; the name itself where the catalogue has none. */
export function usePermissionName() {
  const { t, i18n } = useTranslation()
  return (name: string) => (i18n.exists(`permission.${name}`) ? t(`permission.${name}`) : name)
}

/** Permissions by group, in the server's order. */
export function groupsOf(permissions: Permission[]): [string, Permission[]][] {
  const groups = new Map<string, Permission[]>()
  for (const p of permissions) groups.set(p.group, [...(groups.get(p.group) ?? []), p])
  return [...groups]
}

export function RoleForm({
  target,
  permissions,
  onClose,
  onSaved,
}: {
  target: Role | 'new' | null
  permissions: Permission[]
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const { done } = useSay()
  const role = target === 'new' ? null : target
  const submit = async (values: RoleInput) => {
    if (role)
      await ok(api.PATCH('/roles/{id}', { params: { path: { id: role.id } }, body: values }))
    else await ok(api.POST('/roles', { body: values }))
    done(t('common.saved'))
    onSaved()
  }
  return (
    <FormDrawer<RoleInput>
      key={role?.id ?? 'new'}
      open={target !== null}
      title={role ? t('roles.edit_title', { name: role.name }) : t('roles.new')}
      note={role && role.staff_count > 0 ? t('roles.edit_note', { count: role.staff_count }) : null}
      initial={
        role
          ? { name: role.name, scope: role.scope, permissions: role.permissions }
          : { scope: 'own', permissions: [] }
      }
      onClose={onClose}
      onSubmit={submit}
      onReload={onSaved}
      width={560}
    >
      <Form.Item
        name="name"
        label={t('common.name')}
        rules={[{ required: true, whitespace: true, message: t('roles.name_missing') }]}
      >
        <Input maxLength={50} />
      </Form.Item>
      <Form.Item
        name="scope"
        label={t('roles.scope')}
        extra={t('roles.scope_extra')}
        rules={[{ required: true }]}
      >
        <Radio.Group
          vertical
          options={[
            { value: 'own', label: t('scope.own') },
            { value: 'department', label: t('scope.department') },
            { value: 'all', label: t('scope.all') },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="permissions"
        label={t('roles.permissions')}
        rules={[{ required: true, type: 'array', min: 1, message: t('roles.permissions_missing') }]}
      >
        <PermissionPicker permissions={permissions} />
      </Form.Item>
    </FormDrawer>
  )
}

function PermissionPicker({
  permissions,
  value = [],
  onChange,
}: {
  permissions: Permission[]
  value?: string[]
  onChange?: (value: string[]) => void
}) {
  const { t } = useTranslation()
  const name = usePermissionName()
  const set = (names: string[], on: boolean) => {
    const next = new Set(value)
    for (const n of names) on ? next.add(n) : next.delete(n)
    // In the server's order, so that the same choice is the same list.
    onChange?.(permissions.map((p) => p.name).filter((n) => next.has(n)))
  }
  return (
    <div className={styles.picker}>
      {groupsOf(permissions).map(([group, items]) => {
        const names = items.map((p) => p.name)
        const held = names.filter((n) => value.includes(n)).length
        return (
          <fieldset key={group}>
            <legend>
              <Checkbox
                checked={held === names.length}
                indeterminate={held > 0 && held < names.length}
                onChange={(event) => set(names, event.target.checked)}
              >
                {t(`permission_group.${group}`)}
              </Checkbox>
            </legend>
            <div>
              {items.map((p) => (
                <Checkbox
                  key={p.name}
                  checked={value.includes(p.name)}
                  onChange={(event) => set([p.name], event.target.checked)}
                >
                  {name(p.name)}
                </Checkbox>
              ))}
            </div>
          </fieldset>
        )
      })}
    </div>
  )
}
