import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { useConfirmWithUndo, useSay } from '@/kit'
import type { Field } from '@/pages/customers/record/fields'

/** Retire, restore and delete of one field, each with its way back. */
export function useFieldActs(field: Field, name: string, onChanged: () => unknown) {
  const { t } = useTranslation()
  const confirm = useConfirmWithUndo()
  const { done, fail } = useSay()
  const params = { path: { id: field.id } }
  const setRetired = async (retired: boolean) => {
    await ok(api.PATCH('/custom-fields/{id}', { params, body: { retired } }))
    await onChanged()
  }
  const retire = async () => {
    try {
      const { values } = await ok(api.GET('/custom-fields/{id}', { params }))
      confirm({
        title: t('field.retire_title', { name }),
        text: t('field.retire_text', { count: values }),
        confirmText: t('field.retire'),
        done: t('field.retired_done', { name }),
        act: () => setRetired(true),
        undo: () => setRetired(false),
      })
    } catch (error) {
      fail(error)
    }
  }
  const restore = async () => {
    try {
      await setRetired(false)
      done(t('field.restored_done', { name }), () => setRetired(true))
    } catch (error) {
      fail(error)
    }
  }
  const remove = () =>
    confirm({
      title: t('field.delete_title', { name }),
      text: t('field.delete_text'),
      confirmText: t('common.delete'),
      danger: true,
      done: t('field.deleted', { name }),
      act: async () => {
        await ok(api.DELETE('/custom-fields/{id}', { params }))
        await onChanged()
      },
      undo: async () => {
        const { code, kind, scale, target, help, section, unit, required, options } = field
        await ok(
          api.POST('/custom-fields', {
            body: {
              code,
              kind,
              scale,
              target,
              name: field.name,
              help,
              section,
              unit,
              required,
              options,
            },
          }),
        )
        await onChanged()
      },
    })
  return { retire, restore, remove }
}
