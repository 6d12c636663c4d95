import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/errors'
import { useConfirmWithUndo } from '@/kit'
import { undo } from './api'

// i18n-keys: duplicates.group.*
/**
 * Takes a merge back. Where something was edited since, it asks whether that is
 * to stay with the customer that stands, and gives false: nothing is undone yet.
 */
export function useTakeBack() {
  const { t, i18n } = useTranslation()
  const confirm = useConfirmWithUndo()
  return useCallback(
    async (id: number, loser: string, after: () => unknown): Promise<boolean> => {
      try {
        await undo(id)
        after()
        return true
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'duplicate.edited_since') throw error
        // The server names what was edited as the comparison does.
        const fields = error.fields
          .map(({ path }) => `duplicates.group.${path}`)
          .map((key) => (i18n.exists(key) ? t(key) : t('duplicates.edited.other')))
        confirm({
          title: t('duplicates.edited.title'),
          text: t('duplicates.edited.text', { fields: fields.join(t('ui_list.comma')) }),
          confirmText: t('duplicates.edited.act'),
          act: () => undo(id, true).then(after),
          done: t('duplicates.undone', { name: loser }),
        })
        return false
      }
    },
    [confirm, i18n, t],
  )
}
