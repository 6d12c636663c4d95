package audience

import (
	"encoding/json"

	"zhike/internal/platform/clock"
)

// Kind says where members come from.
type Kind string

// The kinds.
const (
	Dynamic Kind = "dynamic" // a rule
	Static  Kind = "static"  // a list kept by hand
)

// Bounds of audiences.
const (
	maxAudiences   = 2000
	maxName        = 60  // characters
	maxDescription = 500 // characters
	maxNote        = 200 // characters
	maxListedWords = 200 // characters of a sentence in a list
	maxExamples    = 10
	maxOverlap     = 5
	maxEntries     = 10_000    // customers named in one call
	maxListed      = 2_000_000 // customers of one static list
	// maxBody bounds a body with a rule, in bytes: as large as a rule may be to be
	// told what is wrong with it.
	maxBody = 2<<20 + 64<<10
)

// Person is a member of staff.
type Person struct {
	ID   int64  `json:"id"`
	Name string `json:"name" doc:"Empty for the program itself"`
}

// Problem is something wrong at a place in a rule.
type Problem struct {
	Code    string `json:"code"`
	Path    string `json:"path" doc:"Of the condition, as in rule.all[0].field"`
	Message string `json:"message" doc:"In the reader's language, with what to do"`
}

// Item is an audience in a list.
type Item struct {
	ID          int64    `json:"id"`
	Version     int64    `json:"version" doc:"Of the ETag; every change of rule, name or description makes one"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Kind        Kind     `json:"kind" enum:"dynamic,static"`
	Preset      string   `json:"preset" doc:"Code of the shipped audience it was made from, empty for others"`
	Followed    bool     `json:"followed" doc:"Membership is kept, and changes become events"`
	Owner       Person   `json:"owner"`
	Conditions  int      `json:"conditions" doc:"In the rule"`
	Size        *int64   `json:"size" doc:"Members when it was last looked at; null where not known yet, and for readers who do not see all customers"`
	EvaluatedAt *int64   `json:"evaluated_at" doc:"When that was, unix ms"`
	TookMillis  int64    `json:"took_ms" doc:"What looking took"`
	Change      *int64   `json:"change" doc:"Size now less that at the end of yesterday in company time; null where either is not known, and for readers who do not see all customers"`
	Sentence    string   `json:"sentence" doc:"The rule in the reader's language, in lists its first 200 characters; empty of a static list"`
	UsedBy      int      `json:"used_by" doc:"How many name it: it can be deleted where this is 0"`
	Problem     *Problem `json:"problem" doc:"Why members cannot be told; null where they can"`
	ArchivedAt  *int64   `json:"archived_at" doc:"unix ms; null in use"`
	CreatedAt   int64    `json:"created_at" doc:"unix ms"`
	UpdatedAt   int64    `json:"updated_at" doc:"unix ms"`
}

// Full is one audience with its rule.
type Full struct {
	Item
	Rule     json.RawMessage `json:"rule" doc:"null of a static list"`
	Problems []Problem       `json:"problems" doc:"What is wrong in the rule: fields that are gone, retired or hidden"`
}

// In makes an audience.
type In struct {
	Name        string          `json:"name" maxLength:"400"`
	Description string          `json:"description,omitempty" maxLength:"4000"`
	Kind        Kind            `json:"kind" enum:"dynamic,static"`
	Rule        json.RawMessage `json:"rule,omitempty" doc:"Of a dynamic one: {\"all\":[…]}, {\"any\":[…]}, {\"not\":…} or one condition, at most 10 deep and 500 conditions; fields as in GET /audiences/catalogue"`
	Followed    *bool           `json:"followed,omitempty" doc:"true where left out"`
	Note        string          `json:"note,omitempty" maxLength:"1000" doc:"Why, for the history"`
}

// Patch changes what is sent.
type Patch struct {
	Name        *string         `json:"name,omitempty" maxLength:"400"`
	Description *string         `json:"description,omitempty" maxLength:"4000"`
	Rule        json.RawMessage `json:"rule,omitempty" doc:"Of a dynamic one"`
	Followed    *bool           `json:"followed,omitempty"`
	OwnerID     *int64          `json:"owner_id,omitempty" minimum:"1" doc:"A member of staff who may use audiences"`
	Note        string          `json:"note,omitempty" maxLength:"1000" doc:"Why, for the history"`
}

// Version is an audience as it was from one change to the next.
type Version struct {
	Version     int64  `json:"version"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Conditions  int    `json:"conditions"`
	Note        string `json:"note"`
	Author      Person `json:"author"`
	CreatedAt   int64  `json:"created_at" doc:"unix ms"`
	Current     bool   `json:"current"`
}

// Difference is a condition or group that one version has and the other has not.
type Difference struct {
	Kind   string `json:"kind" enum:"added,removed,changed"`
	Path   string `json:"path" doc:"In this version; of what was removed, in the one before"`
	Before string `json:"before" doc:"What stood there, as a sentence"`
	After  string `json:"after" doc:"What stands there now"`
}

// FullVersion is a version with its rule and what it changed.
type FullVersion struct {
	Version
	Rule        json.RawMessage `json:"rule"`
	Sentence    string          `json:"sentence"`
	Differences []Difference    `json:"differences" doc:"To the version before; empty of the first"`
	NameBefore  *string         `json:"name_before" doc:"Where the name changed"`
	TextBefore  *string         `json:"description_before" doc:"Where the description changed"`
}

// Answer says how a question about members was answered.
type Answer struct {
	AsOf       clock.Day `json:"as_of" doc:"The day that “today” stands for in the rule"`
	Engine     string    `json:"engine" enum:"columns,sql"`
	FreshAt    int64     `json:"fresh_at" doc:"Changes committed before it are included, unix ms"`
	TookMillis int64     `json:"took_ms"`
}

// Example is a customer as a card shows it.
type Example struct {
	ID    int64   `json:"id"`
	Name  string  `json:"name"`
	Phone *string `json:"phone" doc:"Masked; null without one" access:"phone"`
	Level *string `json:"level" doc:"Its name; null where not graded" access:"level"`
}

// CountIn asks how many a rule means.
type CountIn struct {
	Rule       json.RawMessage `json:"rule,omitempty" doc:"Empty: everybody, or the audience where one is named"`
	AudienceID int64           `json:"audience_id,omitempty" minimum:"0" doc:"With a rule: the audience that is being edited, so that circles are seen; without: the one to be counted"`
	AsOf       string          `json:"as_of,omitempty" maxLength:"10" doc:"A past day, 2026-01-31; the present as-of day where left out"`
	Examples   int             `json:"examples,omitempty" minimum:"0" maximum:"10"`
}

// Count is how many a rule means.
type Count struct {
	Answer
	Count    int64     `json:"count" doc:"Customers within the reader's scope"`
	Total    int64     `json:"total" doc:"All customers within the reader's scope"`
	Examples []Example `json:"examples"`
	Sentence string    `json:"sentence" doc:"The rule in the reader's language"`
	Problems []Problem `json:"problems" doc:"What is wrong though it can be counted, such as a retired field"`
}

// ExplainIn asks why a customer belongs or does not belong.
type ExplainIn struct {
	Rule       json.RawMessage `json:"rule,omitempty"`
	AudienceID int64           `json:"audience_id,omitempty" minimum:"0" doc:"Instead of a rule"`
	CustomerID int64           `json:"customer_id" minimum:"1"`
	AsOf       string          `json:"as_of,omitempty" maxLength:"10"`
}

// Explained says which conditions hold of a customer.
type Explained struct {
	CustomerID int64     `json:"customer_id"`
	Name       string    `json:"name"`
	AsOf       clock.Day `json:"as_of"`
	Holds      bool      `json:"holds"`
	Tree       Reason    `json:"tree"`
}

// Reason is a node of a rule, with what came of it for one customer.
type Reason struct {
	Path     string   `json:"path"`
	Kind     string   `json:"kind" enum:"all,any,not,condition,audience,list" doc:"audience: the members of another audience, its rule below; list: a static list"`
	Sentence string   `json:"sentence" doc:"The condition in the reader's language; empty of groups"`
	Holds    bool     `json:"holds"`
	Value    any      `json:"value" doc:"What the customer has there: text, number, day, list; null where there is nothing"`
	Type     string   `json:"type" enum:"money,number,day,time,text,bool,list," doc:"How the value reads: money in 分, time in unix ms; empty where none is shown"`
	Text     string   `json:"text" doc:"The value in the reader's language"`
	Audience *Ref     `json:"audience" doc:"Of kind audience and list"`
	Children []Reason `json:"children"`
}

// Ref names an audience.
type Ref struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Kind Kind   `json:"kind" enum:"dynamic,static"`
}

// ImpactIn is a rule that is not saved yet.
type ImpactIn struct {
	Rule json.RawMessage `json:"rule"`
}

// Part is some customers, and the first of them.
type Part struct {
	Count    int64     `json:"count"`
	Examples []Example `json:"examples"`
}

// Impact is what saving a rule would do to the members of an audience.
type Impact struct {
	Answer
	Entering Part `json:"entering"`
	Leaving  Part `json:"leaving"`
	Staying  Part `json:"staying"`
}

// Use is something that names an audience.
type Use struct {
	Kind string `json:"kind" doc:"audience, view; later parts add theirs"`
	ID   int64  `json:"id" doc:"0 where the reader may not see it"`
	Name string `json:"name" doc:"Empty where the reader may not see it"`
	By   string `json:"by" doc:"Whose it is"`
}

// Member is a customer of an audience.
type Member struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Members is a page of members, by id.
type Members struct {
	Answer
	Items      []Member `json:"items"`
	NextCursor *string  `json:"next_cursor" doc:"Give it as cursor to get the next page; null on the last one"`
	Total      int64    `json:"total" doc:"All members within the reader's scope"`
}

// Membership says whether a customer belongs.
type Membership struct {
	AudienceID int64     `json:"audience_id"`
	CustomerID int64     `json:"customer_id"`
	Member     bool      `json:"member"`
	AsOf       clock.Day `json:"as_of"`
}

// OfCustomer is the audiences that a customer belongs to.
type OfCustomer struct {
	CustomerID int64     `json:"customer_id"`
	AsOf       clock.Day `json:"as_of"`
	Items      []Ref     `json:"items"`
	Asked      int       `json:"asked" doc:"Audiences that were looked at: those in use, the first 200 by name"`
	Unknown    []Ref     `json:"unknown" doc:"Those that cannot tell: their rules have a problem, or name what the reader may not see"`
}
