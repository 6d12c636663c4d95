package auth

import (
	"context"
	"strings"
)

// Access says what an actor may do with one field of customers. The zero value
// restricts nothing; a larger value allows less.
type Access uint8

// The kinds of access, from generous to strict.
const (
	AccessEdit   Access = iota // see and change it
	AccessRead                 // see it
	AccessHidden               // not even know what is in it
)

var accessNames = [...]string{"edit", "read", "hidden"}

// String gives "edit", "read" or "hidden".
func (a Access) String() string { return accessNames[min(int(a), len(accessNames)-1)] }

// ParseAccess reads what String writes.
func ParseAccess(name string) (Access, bool) {
	for i, n := range accessNames {
		if n == name {
			return Access(i), true
		}
	}
	return AccessEdit, false
}

// FieldAccess holds the fields that are not AccessEdit, by key; nil restricts
// nothing. Which keys there are is said by package customer. It is shared
// between requests and only read.
type FieldAccess map[string]Access

// Generous joins the field access of several roles of one person: of each
// field what the most generous role allows. No roles restrict nothing; what
// they lack are permissions.
func Generous(roles ...FieldAccess) FieldAccess {
	if len(roles) == 0 {
		return nil
	}
	out := FieldAccess{}
	for key, access := range roles[0] {
		for _, other := range roles[1:] {
			access = min(access, other[key])
		}
		if access != AccessEdit {
			out[key] = access
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Field says what the actor may do with a field; nobody and the program itself
// are not restricted here, permissions are what holds them.
func (a *Actor) Field(key string) Access {
	if a == nil || a.system {
		return AccessEdit
	}
	return a.Fields[key]
}

// Hides says whether one of the fields is hidden from the actor. A key that ends
// in a star means every field that begins as it does.
func (a *Actor) Hides(keys ...string) bool {
	if !a.Restricted() {
		return false
	}
	for _, key := range keys {
		if a.Fields[key] == AccessHidden {
			return true
		}
		if begin, all := strings.CutSuffix(key, "*"); all && a.hidesLike(begin) {
			return true
		}
	}
	return false
}

func (a *Actor) hidesLike(begin string) bool {
	for key, access := range a.Fields {
		if access == AccessHidden && strings.HasPrefix(key, begin) {
			return true
		}
	}
	return false
}

// Restricted says whether any field is hidden from the actor or only to be read.
func (a *Actor) Restricted() bool { return a != nil && !a.system && len(a.Fields) > 0 }

// HidesAny says whether any field at all is hidden from the actor.
func (a *Actor) HidesAny() bool {
	if !a.Restricted() {
		return false
	}
	for _, access := range a.Fields {
		if access == AccessHidden {
			return true
		}
	}
	return false
}

// Hides is [Actor.Hides] of the actor of the context.
func Hides(ctx context.Context, keys ...string) bool { return From(ctx).Hides(keys...) }
