package statedir

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// What each hypervisor's command says of its guest (microvm.nix lib/runners).
func TestGuestConfigs(t *testing.T) {
	const mebibyte = 1 << 20
	some := func(memory uint64, cpus uint32) model.GuestConfig {
		return model.GuestConfig{Memory: &memory, VCPUs: &cpus}
	}
	full := some(3072*mebibyte, 4)
	full.NineP = []model.NineP{{Tag: "ro-store", Source: "/nix/store", ReadOnly: true}, {Tag: "data", Source: "/srv/a,b"}}
	full.Forwards = []model.Forward{{Protocol: "tcp", HostPort: "127.0.0.1:2222", GuestPort: ":22"}, {Protocol: "udp", HostPort: ":53", GuestPort: "10.0.2.15:5353"}}
	full.Credentials = []model.Credential{{Name: "SSH_HOST_KEY", File: "/run/secrets/key"}}
	kvmtool := some(512*mebibyte, 2)
	kvmtool.NineP = []model.NineP{{Tag: "home", Source: "/srv/home"}}
	cloud := some(512*mebibyte, 2)
	cloud.Credentials = []model.Credential{{Name: "token"}, {Name: "key"}}
	crosvm := some(512*mebibyte, 2)
	crosvm.NineP = []model.NineP{{Tag: "home", Source: "/srv/home"}}
	three := uint32(3)
	for _, test := range []struct {
		hypervisor, command string
		want                model.GuestConfig
		cid                 *uint32
	}{
		{"qemu", `/x/qemu-system-x86_64 -name web -m 3072 -smp 4 -device vhost-vsock-pci,guest-cid=3 ` +
			`-fsdev 'local,id=fs0,path=/nix/store,security_model=none,readonly=true' -device 'virtio-9p-pci,fsdev=fs0,mount_tag=ro-store' ` +
			`-fsdev 'local,id=fs1,path=/srv/a,,b,security_model=none' -device 'virtio-9p-device,fsdev=fs1,mount_tag=data' ` +
			`-netdev 'user,id=n,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=udp::53-10.0.2.15:5353' -netdev 'tap,id=t,ifname=t' ` +
			`-fw_cfg 'name=opt/io.systemd.credentials/SSH_HOST_KEY,file=/run/secrets/key' -fw_cfg name=opt/other,string=x`, full, &three},
		{"qemu", `/x/qemu-system-x86_64 -m 512M -smp 1`, some(512*mebibyte, 1), nil},
		{"qemu", `/x/qemu-system-x86_64 -m size=1G,slots=2,maxmem=4G -smp cpus=2,sockets=1`, some(1024*mebibyte, 2), nil},
		{"qemu", `/x/qemu-system-x86_64 -m lots -smp many`, model.GuestConfig{}, nil},
		{"cloud-hypervisor", `/x/cloud-hypervisor --cpus boot=2 --memory 'mergeable=on,shared=on,size=512M' --vsock cid=3,socket=notify.vsock ` +
			`--platform 'oem_strings=[io.systemd.credential:token=SECRET,io.systemd.credential.binary:key=U0VDUkVU]'`, cloud, &three},
		{"crosvm", `/x/crosvm run -m 512 -c 2 --vsock 3 --shared-dir '/srv/home:home:type=p9:cache=auto' --shared-dir '/x:y:type=fs'`, crosvm, &three},
		{"kvmtool", `/x/lkvm run --name web -m 512 -c 2 --9p '/srv/home,home' --vsock 3`, kvmtool, &three},
		{"stratovirt", `/x/unbuffer /x/stratovirt -m 512 -smp 2`, some(512*mebibyte, 2), nil},
		{"alioth", `/x/alioth run --memory size=512M,backend=memfd --num-cpu 2 --vsock vhost,cid=3`, some(512*mebibyte, 2), &three},
		{"firecracker", `/x/firecracker --config-file %CONFIG%`, some(512*mebibyte, 2), &three},
	} {
		h := newHost(t)
		h.write("store/config.json", `{"machine-config":{"mem_size_mib":512,"vcpu_count":2},"vsock":{"guest_cid":3,"uds_path":"notify.vsock"},"drives":[]}`)
		command := strings.ReplaceAll(test.command, "%CONFIG%", h.path("store/config.json"))
		got := h.read(h.runner("microvm-"+test.hypervisor+"-web", map[string]string{"bin/microvm-run": run(command)})).Runners[0]
		if got.Guest == nil {
			got.Guest = &model.GuestConfig{}
		}
		if diff := cmp.Diff(&test.want, got.Guest); diff != "" {
			t.Errorf("%s: (- want, + got)\n%s", test.command, diff)
		}
		if diff := cmp.Diff(test.cid, got.VsockCID); diff != "" {
			t.Errorf("%s: vsock CID\n%s", test.command, diff)
		}
	}
}

// The list of a runner wins over its command, and settings of another kind hide
// nothing else.
func TestGuestConfigOfFiles(t *testing.T) {
	h := newHost(t)
	h.write("store/config.json", `{"machine-config":{"mem_size_mib":"much","vcpu_count":-1},"drives":[{"path_on_host":"data.img"}]}`)
	got := h.read(h.runner("microvm-firecracker-web", map[string]string{
		"bin/microvm-run":           run(`/x/firecracker --config-file ` + h.path("store/config.json")),
		"share/microvm/vsock-cid":   "7\n",
		"share/microvm/usb-devices": "vendorid=0x1d6b,productid=0x0002\n",
		"bin/microvm-register":      "",
	})).Runners[0]
	if got.VsockCID == nil || *got.VsockCID != 7 || len(got.Volumes) != 1 || got.Guest == nil || len(got.Guest.USB) != 1 || got.Guest.Memory != nil || !got.Registers() {
		t.Errorf("%+v", got)
	}
}
