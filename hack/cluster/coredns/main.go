// CoreDNS with the plugins that up's Corefile names and no others: its full list brings three cloud
// SDKs along. `bind` is a plugin too; without it CoreDNS refuses the Corefile.
package main

import (
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"

	"github.com/coredns/coredns/coremain"
)

func main() { coremain.Run() }
