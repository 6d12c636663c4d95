package customer

// meaningKeys are the fields that meanings of imports, and columns of layouts,
// tell of. The texts are those of package importer; layouts use the same.
var meaningKeys = map[string]string{
	"buyer.id": AccessNumber, "company.id": AccessNumber, "parent.id": AccessNumber,
	"buyer.name": fieldName, "buyer.family": fieldName, "buyer.given": fieldName, "buyer.nickname": fieldName,
	"buyer.company": fieldCompany, "buyer.kind": "kind", "buyer.gender": "gender", "buyer.birthday": "birthday",
	"buyer.phone": string(ContactPhone), "buyer.phone2": string(ContactPhone), "buyer.phone3": string(ContactPhone),
	"buyer.email": string(ContactEmail), "buyer.email2": string(ContactEmail), "buyer.code": string(ContactCode),
	"address": string(ContactAddress), "country": "region", "province": "region", "city": "region", "district": "region",
	"industry": "industry", "remark": fieldRemark, "stage": "stage", "level": AccessLevel,
	"education": "education", "registered_at": fieldRegistered, "preferred_channel": "preferred_channel", "favourite_categories": "favourite_categories",
}

// MeaningKey is the field that a meaning of an import tells of, "" for none.
func MeaningKey(meaning string) string { return meaningKeys[meaning] }
