// Package locales carries every text of the cabinet, in Russian and in English.
package locales

import "embed"

// Files holds one go-i18n file for each language.
//
//go:embed *.json
var Files embed.FS
