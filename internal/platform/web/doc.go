// Package web is the one place that knows HTTP.
//
// Services are methods (ctx, In) (Out, error); [Register] binds one to a
// method and a path, checks who calls before anything of the request is read,
// decodes and validates the input, and turns the result into JSON or a
// problem (RFC 9457) in the caller's language. [RegisterBulk] does so for
// bodies of thousands of rows, [RegisterRaw] is for bodies that are no JSON,
// [RegisterStream] for server-sent events. The routes are a table ([API.Routes])
// that a test walks: each names its permission or says public.
//
// Order of checks for every route: cross-origin, session, permission, bounds,
// decoding, validation, service. A caller without permission learns nothing
// about what the route would have accepted.
package web
