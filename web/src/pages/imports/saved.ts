// Mappings that people keep under a name.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']

export type SavedMapping = Schemas['ImporterSavedMapping']
export type SavedMappingInput = Schemas['ImporterSavedMappingIn']

export const savedKey = ['imports', 'mappings']

export const useSavedMappings = () =>
  useQuery({
    queryKey: savedKey,
    queryFn: async ({ signal }) => (await ok(api.GET('/imports/mappings', { signal }))).items,
  })

export const saveMapping = (body: SavedMappingInput) => ok(api.POST('/imports/mappings', { body }))

export const changeMapping = (id: number, body: SavedMappingInput) =>
  ok(api.PUT('/imports/mappings/{id}', { params: { path: { id } }, body }))

export const dropMapping = (id: number) =>
  ok(api.DELETE('/imports/mappings/{id}', { params: { path: { id } } }))

/** Where the mapping is a file that the command line reads. */
export const mappingFile = (id: number) => `/api/v1/imports/mappings/${id}/map.yaml`
