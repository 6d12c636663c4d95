package customer

import (
	"encoding/hex"
	"strconv"
	"strings"

	"zhike/internal/platform/vault"
)

// ownPrefix begins the numbers that an export gives to customers without one.
const ownPrefix = "ZK-"

// exportNumber stands for the number of a customer who has none that may be
// shown: it is the same in every export. Its end is made by the keys of this
// base, so that another base does not take it for a customer of its own.
func exportNumber(v *vault.Vault, id int64) string {
	text := ownPrefix + strconv.FormatInt(id, 10)
	return text + "-" + hex.EncodeToString(v.Blind(vault.KindExternalID, text)[:4])
}

// OwnNumber gives the customer whom a number names that an export of this base
// made; false for every other text.
func OwnNumber(v *vault.Vault, text string) (id int64, ok bool) {
	rest, ok := strings.CutPrefix(text, ownPrefix)
	if !ok {
		return 0, false
	}
	digits, _, _ := strings.Cut(rest, "-")
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0 && exportNumber(v, id) == text
}

// ownID reads a number of this base as people type it: ZK-123, and what an
// export made of it.
func ownID(text string) (id int64, ok bool) {
	if len(text) < len(ownPrefix) || !strings.EqualFold(text[:len(ownPrefix)], ownPrefix) {
		return 0, false
	}
	digits, _, _ := strings.Cut(text[len(ownPrefix):], "-")
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0
}
