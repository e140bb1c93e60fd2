package systemd

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strconv"
	"time"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// peer is a connection over which systemd is asked: a session's, or one for a
// single reading.
type peer struct {
	*dbus.Conn
	once bool
}

// done ends a connection that is for one reading.
func (p peer) done() {
	if p.once {
		_ = p.Close()
	}
}

// privateSocket is systemd's own, which answers root alone; systemctl asks it
// too. It dies with each daemon-reexec, and while it is open systemd tells it
// of each change of each unit: so it is for one reading, and not kept.
const privateSocket = "/run/systemd/private"

// errNoSocket says that systemd cannot be asked directly: not by this user, or
// not on this host.
var errNoSocket = errors.New("systemd has no socket of its own for this user")

// dialDirect connects to systemd without dbus-daemon, which would copy every
// question and every answer.
func dialDirect(ctx context.Context, outgoing dbus.Interceptor) (peer, error) {
	if os.Geteuid() != 0 {
		return peer{}, errNoSocket
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var dialer net.Dialer
	socket, err := dialer.DialContext(ctx, "unix", privateSocket)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, fs.ErrPermission) {
		return peer{}, errNoSocket
	}
	if err != nil {
		return peer{}, err
	}
	conn, err := dbus.NewConn(buffered{socket, bufio.NewReaderSize(socket, 64<<10)}, dbus.WithOutgoingInterceptor(outgoing))
	if err != nil {
		_ = socket.Close()
		return peer{}, err
	}
	deadline, _ := ctx.Deadline()
	_ = socket.SetDeadline(deadline)
	if err := conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))}); err != nil {
		_ = conn.Close()
		return peer{}, err
	}
	return peer{conn, true}, socket.SetDeadline(time.Time{})
}

// buffered reads many small answers at once.
type buffered struct {
	net.Conn
	reader *bufio.Reader
}

func (b buffered) Read(into []byte) (int, error) { return b.reader.Read(into) }

// unit is a unit as an object of systemd.
func (p peer) unit(name model.Raw) dbus.BusObject {
	return p.Object(busName, unitFolder+"/"+dbus.ObjectPath(sd.PathBusEscape(string(name))))
}

// version is systemd's, as it says it. (go-systemd's GetManagerProperty takes no
// context and could hang.)
func (p peer) version(ctx context.Context) (model.Raw, error) {
	var version string
	err := p.Object(busName, busPath).
		CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, managerIface, "Version").
		Store(&version)
	return model.Raw(version), err
}

// list lists the units in memory whose names are of some patterns. (go-systemd's
// own takes each line apart by reflection, which costs as much as all the rest.)
func (p peer) list(ctx context.Context, patterns []string) ([]sd.UnitStatus, error) {
	call := p.Object(busName, busPath).
		CallWithContext(ctx, managerIface+".ListUnitsByPatterns", 0, []string{}, patterns)
	if call.Err != nil {
		return nil, call.Err
	}
	answers, _ := body[[][]any](call.Body, 0)
	lines := make([]sd.UnitStatus, 0, len(answers))
	for _, a := range answers {
		var line sd.UnitStatus
		line.Name, _ = body[string](a, 0)
		line.LoadState, _ = body[string](a, 2)
		line.ActiveState, _ = body[string](a, 3)
		line.SubState, _ = body[string](a, 4)
		line.JobId, _ = body[uint32](a, 7)
		line.JobType, _ = body[string](a, 8)
		lines = append(lines, line)
	}
	return lines, nil
}
