package timeline

import (
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
)

// The permissions of this package. Reading goes with customer.view.
const (
	PermNoteWrite  auth.Permission = "note.write"
	PermNoteDelete auth.Permission = "note.delete" // notes and files of anybody

	permView = customer.PermView
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermNoteWrite, PermNoteDelete}
