package app

// Version is set at build time (-ldflags -X zhike/internal/app.Version=…).
var Version = "dev"
