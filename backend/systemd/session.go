package systemd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
)

const (
	busName      = "org.freedesktop.systemd1"
	busPath      = "/org/freedesktop/systemd1"
	managerIface = busName + ".Manager"
	unitFolder   = dbus.ObjectPath(busPath + "/unit")

	// signalBuffer is how many signals may wait. godbus starts a goroutine for
	// each one that finds it full.
	signalBuffer = 256
)

// session is one connection, from its start to its loss.
type session struct {
	conn    *sd.Conn
	signals chan *dbus.Signal // closed with the connection
	caller  peer              // of conn: for calls
	hearer  *dbus.Conn        // of conn: for signals
	cancel  context.CancelFunc
	version atomic.Value // model.Raw
}

// dial connects, subscribes to signals and reads systemd's version, within
// callTimeout.
func dial(ctx context.Context) (*session, error) {
	// The context given to godbus is the life of the connection, so the limit
	// on the way there is a timer that is stopped.
	ctx, cancel := context.WithCancel(ctx)
	limit := time.AfterFunc(callTimeout, cancel)
	s := &session{cancel: cancel, signals: make(chan *dbus.Signal, signalBuffer)}
	err := s.connect(ctx)
	if !limit.Stop() {
		err = context.DeadlineExceeded
	}
	if err != nil {
		cancel()
		if s.conn != nil {
			s.conn.Close()
		}
		return nil, explainDial(err)
	}
	return s, nil
}

func (s *session) connect(ctx context.Context) error {
	connect := func() (*dbus.Conn, error) {
		// By number: a user's name would need a look-up that a static
		// program may not be able to do.
		conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx), dbus.WithAuth(dbus.AuthExternal(strconv.Itoa(os.Getuid()))))
		if s.caller.Conn == nil { // go-systemd asks for the one for calls first
			s.caller = peer{Conn: conn}
		}
		s.hearer = conn
		return conn, err
	}
	var err error
	if s.conn, err = sd.NewConnection(connect); err != nil {
		return err
	}
	s.hearer.Signal(s.signals)
	for _, match := range matches {
		if err := s.hearer.AddMatchSignalContext(ctx, match...); err != nil {
			return err
		}
	}
	return s.settle(ctx)
}

// settle does what a new connection needs, and one whose systemd began anew:
// without a subscriber systemd sends no signals.
func (s *session) settle(ctx context.Context) error {
	err := s.hearer.Object(busName, busPath).CallWithContext(ctx, managerIface+".Subscribe", 0).Err
	var answer dbus.Error
	if errors.As(err, &answer) && answer.Name == busName+".AlreadySubscribed" {
		err = nil
	}
	if err != nil {
		return err
	}
	version, err := s.caller.version(ctx)
	s.version.Store(version)
	return err
}

// close ends the connection.
func (s *session) close() {
	s.cancel()
	s.conn.Close()
}

// alive reports whether both connections stand.
func (s *session) alive() bool { return s.conn.Connected() }

// explainDial gives the reason for which there is no connection.
func explainDial(err error) error {
	var known dbus.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: no answer within %s", ErrNoBus, callTimeout)
	case errors.As(err, &known):
		return explain(err)
	}
	return fmt.Errorf("%w: %w", ErrNoBus, err)
}
