package backend

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"microtui/backend/lock"
	"microtui/lab/fixture"
	"microtui/model"
)

// Somebody else acts on the VM: he is named.
func TestActBusy(t *testing.T) {
	host, h := actHost(t)
	host.Create("db")
	held, err := lock.In(lock.Folder).Take(lock.Holder{Activity: "purge of db", User: "alice", PID: os.Getpid(), Since: time.Now()}, "db")
	if err != nil {
		t.Fatal(err)
	}
	got := carry(t, h, model.ActionStart, "db")
	expect(t, got, model.ResultRefused, "purge of db by alice")
	if got.Kind != model.ErrBusy {
		t.Errorf("kind: %v", got.Kind)
	}
	held.Release()
	expect(t, carry(t, h, model.ActionStart, "db"), model.ResultDone, "")
}

// actorVariable makes this test binary another microtui that starts a VM.
const actorVariable = "ACT_TEST_VM"

func TestActor(t *testing.T) {
	vm := os.Getenv(actorVariable)
	if vm == "" {
		t.Skip("runs as a process of TestTwoProcesses")
	}
	for p := range openHost(t, Options{}).Act(t.Context(), model.Order{Action: model.ActionStart, VM: model.Raw(vm)}) {
		fmt.Println("doing", p.Activity)
		if p.Outcome != nil {
			fmt.Printf("outcome %s: %s\n", p.Outcome.Result, p.Outcome.Reason)
		}
	}
}

// beginActor runs another microtui that starts a VM, and gives what it says.
func beginActor(t *testing.T, vm string) *bufio.Scanner {
	t.Helper()
	actor := exec.Command(os.Args[0], "-test.run=^TestActor$", "-test.v")
	actor.Env = append(os.Environ(), actorVariable+"="+vm, "MICROTUI_LAB=off") // it is inside one already
	out, err := actor.StdoutPipe()
	if err == nil {
		err = actor.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = actor.Process.Kill(); _, _ = io.Copy(io.Discard, out); _ = actor.Wait() })
	return bufio.NewScanner(out)
}

// saysAfter reads on until a line that begins so, and gives its rest.
func saysAfter(t *testing.T, said *bufio.Scanner, head string) string {
	t.Helper()
	var all []string
	for said.Scan() {
		if rest, ok := strings.CutPrefix(said.Text(), head); ok {
			return rest
		}
		all = append(all, said.Text())
	}
	t.Fatalf("no line %q, but %q", head, all)
	return ""
}

// Two processes start one VM: one does, the other is told who.
func TestTwoProcesses(t *testing.T) {
	host, _ := actHost(t)
	host.Create("db")
	setting(t, "microvm@db.service", "[Service]\nExecStartPre=/bin/sleep 1\n")
	first, second := beginActor(t, "db"), beginActor(t, "db")
	won, lost := saysAfter(t, first, "outcome "), saysAfter(t, second, "outcome ")
	if strings.HasPrefix(lost, "refused") == strings.HasPrefix(won, "refused") {
		t.Fatalf("%q and %q", won, lost)
	}
	if strings.HasPrefix(won, "refused") {
		won, lost = lost, won
	}
	if won != "done: " || !strings.Contains(lost, "busy: start of db by root, process ") {
		t.Errorf("%q and %q", won, lost)
	}
}

// rivals are two VMs with one interface, and the turn to start one, which is
// the test's until it is given back.
func rivals(t *testing.T) (*fixture.Host, *Host, *lock.Lock) {
	t.Helper()
	host, h := actHost(t)
	host.Create("db", fixture.Tap("vm-both"))
	host.Create("twin", fixture.Tap("vm-both"))
	turn, err := h.locks.AwaitTurn(t.Context(), lock.Holder{Activity: "start of api", User: "alice", PID: os.Getpid()}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(turn.Release)
	return host, h, turn
}

// oneRuns checks that one of the rivals was started, and the other one was
// refused for it.
func oneRuns(t *testing.T, host *fixture.Host, outcomes map[string]string) {
	t.Helper()
	for vm, other := range map[string]string{"db": "twin", "twin": "db"} {
		if outcomes[vm] != "done: " {
			continue
		}
		if want := "refused: " + vm + " is using interface vm-both: starting would tear it down"; !strings.HasPrefix(outcomes[other], want) {
			t.Errorf("%s was started, and %s: %q", vm, other, outcomes[other])
		}
		if state := host.Property("microvm@"+other+".service", "ActiveState"); state != "inactive" {
			t.Errorf("%s is %s", other, state)
		}
		return
	}
	t.Errorf("none was started, or not in time: %v", outcomes)
}

// Two processes start two VMs with one interface in the same moment: both have
// looked, and found the way free. One VM is started, and the other is not.
func TestTwoProcessesOneInterface(t *testing.T) {
	host, _, turn := rivals(t)
	said := map[string]*bufio.Scanner{"db": beginActor(t, "db"), "twin": beginActor(t, "twin")}
	for _, s := range said {
		saysAfter(t, s, "doing waiting for its turn") // after its first look
	}
	turn.Release()
	outcomes := map[string]string{}
	for vm, s := range said {
		outcomes[vm] = saysAfter(t, s, "outcome ")
	}
	oneRuns(t, host, outcomes)
}

// So do two orders of one process, which reads its host all the time.
func TestTwoOrdersOneInterface(t *testing.T) {
	host, h, turn := rivals(t)
	watched := h.Watch(t.Context(), time.Millisecond)
	go func() {
		for range watched {
		}
	}()
	news := map[string]<-chan model.Progress{}
	for _, vm := range []string{"db", "twin"} {
		news[vm] = h.Act(t.Context(), model.Order{Action: model.ActionStart, VM: model.Raw(vm)})
		for p := range news[vm] {
			if strings.HasPrefix(string(p.Activity), "waiting for its turn") {
				break
			}
		}
	}
	turn.Release()
	outcomes := map[string]string{}
	for vm, n := range news {
		got, _ := end(t, n)
		outcomes[vm] = fmt.Sprintf("%s: %s", got.Result, got.Reason)
	}
	oneRuns(t, host, outcomes)
}
